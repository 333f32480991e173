// SPDX-License-Identifier: Apache-2.0

#include "store/event_reader.h"

#include <algorithm>
#include <limits>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/connection.h"
#include "store/event_rows.h"
#include "store/name_text.h"
#include "store/query_sql.h"
#include "store/search_window.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kMaxPageSize = 1'000;
constexpr int64_t kWidestUs = int64_t{1} << 60;  // all that may be stored

constexpr char kHostSql[] = "(SELECT host_id FROM memmon.host WHERE machine_id = $1)";

// The condition for a filter, with its parameters appended to `parameters`.
// LOST always passes: nobody may be unaware of a loss.
std::string FilterSql(const model::Filter& filter, std::vector<std::string>* parameters) {
  if (filter.empty()) return "";
  std::string all;
  const auto add = [&](const char* before, std::string parameter, const char* after) {
    parameters->push_back(std::move(parameter));
    absl::StrAppend(&all, all.empty() ? "" : " AND ", before, parameters->size(), after);
  };
  if (!filter.tgids.empty()) {
    std::vector<int32_t> tgids;
    for (const uint32_t tgid : filter.tgids) tgids.push_back(static_cast<int32_t>(tgid));
    add("e.tgid = ANY ($", NumberArray(tgids), "::integer[])");
  }
  if (!filter.kinds.empty()) {
    std::vector<int16_t> kinds;
    for (const auto kind : filter.kinds) kinds.push_back(static_cast<int16_t>(kind));
    add("e.kind = ANY ($", NumberArray(kinds), "::smallint[])");
  }
  if (!filter.names.empty()) {
    std::vector<std::string> patterns;
    for (const auto& name : filter.names) patterns.push_back(LikePatternFromGlob(name));
    add("e.process_name LIKE ANY ($", TextArray(patterns), "::text[])");
  }
  if (filter.min_length_bytes > 0) {
    // The column holds unsigned numbers: those from 2^63 on are negative.
    const auto least = static_cast<int64_t>(filter.min_length_bytes);
    if (least > 0) {
      add("(e.length_bytes < 0 OR e.length_bytes >= $", absl::StrCat(least), "::bigint)");
    } else {
      add("(e.length_bytes < 0 AND e.length_bytes >= $", absl::StrCat(least), "::bigint)");
    }
  }
  if (!filter.uids.empty()) {
    std::vector<int32_t> uids;
    for (const uint32_t uid : filter.uids) uids.push_back(static_cast<int32_t>(uid));
    add("e.uid = ANY ($", NumberArray(uids), "::integer[])");
  }
  if (!filter.cgroup_ids.empty()) {
    std::vector<int64_t> ids;
    for (const uint64_t id : filter.cgroup_ids) ids.push_back(static_cast<int64_t>(id));
    add("e.cgroup_id = ANY ($", NumberArray(ids), "::bigint[])");
  }
  if (!filter.containers.empty()) {
    parameters->push_back(ContainerPatterns(filter.containers));
    absl::StrAppend(&all, all.empty() ? "" : " AND ",
                    InContainersSql(parameters->size(), kHostSql));
  }
  if (filter.outcome != model::Outcome::kAny) {
    // As model::Event::has_outcome and failed.
    absl::StrAppend(&all, all.empty() ? "" : " AND ", "e.kind BETWEEN 16 AND 22 AND ",
                    filter.outcome == model::Outcome::kFailed ? "" : "NOT ",
                    "(e.result BETWEEN -4095 AND -1)");
  }
  return absl::StrCat(" AND (e.kind = 2 OR (", all, "))");
}

constexpr char kOrder[] =
    " ORDER BY e.event_time DESC, e.event_time_ns DESC, e.boot_row DESC, e.capture_row DESC,"
    " e.cpu DESC, e.sequence DESC LIMIT ";

struct Found {
  StoredEvent stored;
  EventPosition position;
};

Found FoundFrom(const pqxx::row& row) {
  Found found{StoredEventFrom(row, 2), {}};
  const StoredEvent& stored = found.stored;
  found.position = {.time_unix_ns = stored.time_unix_ns,
                    .boot_row = row[0].as<int64_t>(),
                    .cpu = stored.event.cpu,
                    .sequence = stored.event.sequence,
                    .capture = row[1].as<uint32_t>()};
  return found;
}

// The search for one page, within one transaction.
class Search {
 public:
  Search(Transaction* work, const std::string& machine_id, const EventQuery& query)
      : work_(work), machine_id_(machine_id), query_(query) {
    before_.time_unix_ns = std::numeric_limits<int64_t>::max();
    if (query.end_unix_ns != 0) before_.time_unix_ns = query.end_unix_ns;
    // Row ids begin at 1: a position with none is before all of its moment.
    if (query.before && query.before->time_unix_ns <= before_.time_unix_ns) {
      before_ = *query.before;
    }
    if (query.start_unix_ns != 0) start_ns_ = query.start_unix_ns;
  }

  EventPage Run(SteadyClock::time_point give_out_by) {
    const size_t wanted = query_.page_size + 1;  // the one more tells whether there is a next page
    // Windows are [low, high): high is after every event that may be asked for.
    int64_t high = FloorUs(before_.time_unix_ns) + 1;
    SearchWindow window(SearchWindow::kFirstUs, kWidestUs);
    while (found_.size() < wanted) {
      const auto newest = NewestBelow(high);
      if (!newest) return Page(false);
      high = std::min(high, *newest + 1);
      if (high <= FloorUs(start_ns_)) return Page(false);
      const int64_t low = std::max(high - window.width_us(), FloorUs(start_ns_));
      const auto began = SteadyClock::now();
      const size_t had = found_.size();
      Look(low, high, wanted - had);
      window.Took(SteadyClock::now() - began);
      // Of few that match, a look that is four times as wide again reads far more than a page
      // needs.
      if (found_.size() < wanted) {
        window.Found(high - low, found_.size() - had, wanted - found_.size());
      }
      high = low;
      if (found_.size() < wanted && SteadyClock::now() >= give_out_by) {
        EventPage page = Page(false);
        page.next = EventPosition{.time_unix_ns = high * 1000};
        return page;
      }
    }
    return Page(true);
  }

 private:
  // The newest moment below `high_us` at which this host may have an event.
  std::optional<int64_t> NewestBelow(int64_t high_us) {
    const pqxx::result rows = work_->Exec(
        absl::StrCat("SELECT ", UnixUsSql("max(least(c.last_event_time, limit_time))"),
                     " FROM memmon.capture c JOIN memmon.host h USING (host_id), LATERAL (SELECT ",
                     TimeSql(2),
                     " - interval '1 microsecond' AS limit_time) l"
                     " WHERE h.machine_id = $1 AND c.first_event_time <= limit_time"),
        machine_id_, Bounded(high_us));
    if (rows[0][0].is_null()) return std::nullopt;
    return rows[0][0].as<int64_t>();
  }

  void Look(int64_t low_us, int64_t high_us, size_t most) {
    std::vector<std::string> parameters = {machine_id_,
                                           absl::StrCat(Bounded(low_us)),
                                           absl::StrCat(Bounded(high_us)),
                                           absl::StrCat(Bounded(FloorUs(before_.time_unix_ns))),
                                           absl::StrCat(NsPart(before_.time_unix_ns)),
                                           absl::StrCat(before_.boot_row),
                                           absl::StrCat(before_.capture),
                                           absl::StrCat(static_cast<int16_t>(before_.cpu)),
                                           absl::StrCat(static_cast<int64_t>(before_.sequence)),
                                           absl::StrCat(Bounded(FloorUs(start_ns_))),
                                           absl::StrCat(NsPart(start_ns_))};
    const std::string sql = absl::StrCat(
        "SELECT e.boot_row, e.capture_row, ", StoredEventColumnsSql(),
        " FROM memmon.event e JOIN memmon.capture c USING (host_id, capture_row)"
        " WHERE e.host_id = ",
        kHostSql, " AND e.event_time >= ", TimeSql(2), " AND e.event_time < ", TimeSql(3),
        " AND (e.event_time, e.event_time_ns, e.boot_row, e.capture_row, e.cpu, e.sequence) < (",
        TimeSql(4),
        ", $5::smallint, $6::bigint, $7::bigint, $8::smallint, $9::bigint)"
        " AND (e.event_time, e.event_time_ns) >= (",
        TimeSql(10), ", $11::smallint)", FilterSql(query_.filter, &parameters), kOrder, most);
    const pqxx::result rows = work_->Exec(sql, parameters);
    for (const auto& row : rows) found_.push_back(FoundFrom(row));
  }

  EventPage Page(bool more) const {
    EventPage page;
    const size_t size = std::min<size_t>(found_.size(), query_.page_size);
    for (size_t i = 0; i < size; ++i) page.events.push_back(found_[i].stored);
    if (more) page.next = found_[size - 1].position;
    return page;
  }

  // PostgreSQL's timestamps end before 64 bits of microseconds do, and no
  // event lies outside of these.
  static int64_t Bounded(int64_t us) {
    return std::clamp<int64_t>(us, 0, 4'102'444'800'000'000 + 1);
  }
  static int64_t NsPart(int64_t ns) { return ns - FloorUs(ns) * 1000; }

  Transaction* const work_;
  const std::string& machine_id_;
  const EventQuery& query_;
  EventPosition before_;
  int64_t start_ns_ = 0;
  std::vector<Found> found_;
};

}  // namespace

EventReader::EventReader(QueryPool* pool, std::string machine_id)
    : pool_(pool), machine_id_(std::move(machine_id)) {}

absl::StatusOr<EventPage> EventReader::ListEvents(const EventQuery& query) {
  if (query.page_size < 1 || query.page_size > kMaxPageSize) {
    return absl::InvalidArgumentError(absl::StrCat("page_size must be 1 to ", kMaxPageSize));
  }
  const auto began = SteadyClock::now();
  EventPage page;
  const absl::Status status = pool_->Ask([&](Transaction* work) {
    page = Search(work, machine_id_, query).Run(began + pool_->limit() / 2);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return page;
}

}  // namespace memmon::store
