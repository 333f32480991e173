// SPDX-License-Identifier: Apache-2.0

#include "store/backfill_reader.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/connection.h"
#include "store/event_rows.h"
#include "store/query_sql.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kMaxEvents = 10'000;

std::string HexOf(const model::CaptureId& capture) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(capture.boot_id.data()), capture.boot_id.size()});
}

// The search for one page, within one transaction.
class Search {
 public:
  Search(Transaction* work, const std::string& machine_id, const BackfillQuery& query)
      : work_(work), machine_id_(machine_id), query_(query) {
    page_.after = query.from;
    page_.window = query.window;
  }

  BackfillPage Run(SteadyClock::time_point give_out_by) {
    if (FindCapture()) {
      ReadBooks();
      if (!LookThrough(give_out_by)) return std::move(page_);
      // Of what the books have, the rest has no row.
      for (const auto& [cpu, last] : pending_) page_.after.SkipTo(cpu, last + 1);
    }
    page_.at_end = true;
    FindNext();
    return std::move(page_);
  }

 private:
  bool FindCapture() {
    const model::CaptureId& id = query_.from.capture;
    const pqxx::result rows = work_->Exec(
        absl::StrCat("SELECT c.host_id, c.capture_row, c.realtime_offset_ns, ",
                     UnixUsSql("c.first_event_time"), ", ", UnixUsSql("c.last_event_time"),
                     " FROM memmon.host h JOIN memmon.boot b USING (host_id)"
                     " JOIN memmon.capture c USING (host_id, boot_row)"
                     " WHERE h.machine_id = $1 AND b.boot_id = $2::uuid"
                     " AND c.start_ns = $3::bigint AND c.number = $4::integer"),
        machine_id_, HexOf(id), static_cast<int64_t>(id.start_ns), static_cast<int32_t>(id.number));
    if (rows.empty()) return false;
    host_id_ = rows[0][0].as<int64_t>();
    capture_row_ = rows[0][1].as<int64_t>();
    realtime_offset_ns_ = rows[0][2].as<int64_t>();
    // Without any event: nothing to look through.
    first_us_ = rows[0][3].as<int64_t>(0);
    end_us_ = rows[0][4].as<int64_t>(-1) + 1;
    return true;
  }

  // Which sub-streams have more, by the books: their last numbers.
  void ReadBooks() {
    const pqxx::result rows = work_->Exec(
        "SELECT cpu, max(last_sequence) FROM ("
        "SELECT cpu, last_sequence FROM memmon.ingest_range WHERE host_id = $1 AND capture_row = $2"
        " UNION ALL "
        "SELECT cpu, last_sequence FROM memmon.loss WHERE host_id = $1 AND capture_row = $2"
        ") books GROUP BY cpu",
        host_id_, capture_row_);
    for (const auto& row : rows) {
      const auto cpu = static_cast<uint16_t>(row[0].as<int16_t>());
      uint64_t last = 0;
      if (!absl::SimpleAtoi(row[1].c_str(), &last)) continue;
      if (query_.until) {
        const uint64_t end = query_.until->Next(cpu);
        if (end == 0) continue;
        last = std::min(last, end - 1);
      }
      if (last >= page_.after.Next(cpu)) pending_.emplace_back(cpu, last);
    }
  }

  // True where nothing more is stored.
  bool LookThrough(SteadyClock::time_point give_out_by) {
    if (pending_.empty()) return true;
    int64_t low = std::numeric_limits<int64_t>::max();
    for (const auto& [cpu, last] : pending_) low = std::min(low, MomentUs(page_.after.Since(cpu)));
    low = std::max(low, first_us_);
    const int64_t begin = low;
    while (low < end_us_) {
      const int64_t high = low + page_.window.width_us();
      const auto began = SteadyClock::now();
      const bool full = Look(low, high);
      page_.window.Took(SteadyClock::now() - began);
      if (full) {
        // Whatever is older than the last one is in the page.
        const int64_t reached = FloorUs(page_.events.back().time_unix_ns);
        NoOlder(reached);
        // With some to spare: one look is to fill the next page.
        page_.window.Fit((reached - begin) / 4 * 5);
        return false;
      }
      low = high;
      NoOlder(low);
      if (low < end_us_ && SteadyClock::now() >= give_out_by) return false;
    }
    return true;
  }

  // Adds what is stored of [low, high); true when the page is full.
  bool Look(int64_t low_us, int64_t high_us) {
    const size_t room = query_.max_events - page_.events.size();
    // Of sub-streams that have no more, none is wanted.
    std::vector<int64_t> next;
    std::vector<int64_t> last_wanted;
    for (const auto& [cpu, last] : pending_) {
      const size_t slot = model::Position::Slot(cpu);
      if (slot >= next.size()) {
        next.resize(slot + 1);
        last_wanted.resize(slot + 1, -1);
      }
      next[slot] = static_cast<int64_t>(page_.after.Next(cpu));
      last_wanted[slot] = static_cast<int64_t>(last);
    }
    // By the microsecond, and then by number: within one no clock is trusted.
    const pqxx::result rows = work_->Exec(
        absl::StrCat("SELECT cardinality($7::text[]) = 0 OR ", InContainersSql(7, "$1"), ", ",
                     StoredEventColumnsSql(),
                     " FROM memmon.event e JOIN memmon.capture c USING (host_id, capture_row)"
                     " WHERE e.host_id = $1 AND e.capture_row = $2 AND e.event_time >= ",
                     TimeSql(3), " AND e.event_time < ", TimeSql(4),
                     " AND e.sequence BETWEEN ($5::bigint[])[e.cpu + 2]"
                     " AND ($6::bigint[])[e.cpu + 2]"
                     " ORDER BY e.event_time, e.cpu, e.sequence LIMIT ",
                     room),
        host_id_, capture_row_, low_us, high_us, NumberArray(next), NumberArray(last_wanted),
        ContainerPatterns(query_.containers));
    for (const auto& row : rows) {
      StoredEvent stored = StoredEventFrom(row, 1);
      stored.in_containers = row[0].as<bool>();
      const model::Event& event = stored.event;
      if (page_.after.IsPast(event)) continue;
      page_.after.Pass(event);
      page_.events.push_back(stored);
    }
    return static_cast<size_t>(rows.size()) >= room && !page_.events.empty();
  }

  // What the books have of a sub-stream, and was not found yet, is no older.
  void NoOlder(int64_t time_us) {
    const int64_t time_ns = time_us * 1000 - realtime_offset_ns_;
    for (const auto& [cpu, last] : pending_) {
      if (time_ns > 0 && last >= page_.after.Next(cpu)) {
        page_.after.NoOlder(model::Position::Slot(cpu), static_cast<uint64_t>(time_ns));
      }
    }
  }

  void FindNext() {
    const model::CaptureId& id = query_.from.capture;
    const pqxx::result rows = work_->Exec(
        "SELECT replace(b.boot_id::text, '-', ''), c.start_ns, c.number"
        " FROM memmon.host h JOIN memmon.boot given USING (host_id)"
        " JOIN memmon.capture c USING (host_id)"
        " JOIN memmon.boot b ON b.host_id = c.host_id AND b.boot_row = c.boot_row"
        " WHERE h.machine_id = $1 AND given.boot_id = $2::uuid"
        " AND (c.boot_row, c.start_ns, c.number) > (given.boot_row, $3::bigint, $4::integer)"
        " ORDER BY c.boot_row, c.start_ns, c.number LIMIT 1",
        machine_id_, HexOf(id), static_cast<int64_t>(id.start_ns), static_cast<int32_t>(id.number));
    if (rows.empty()) return;
    model::CaptureId& next = page_.next.emplace();
    const std::string boot_id = absl::HexStringToBytes(rows[0][0].c_str());
    std::copy_n(boot_id.begin(), std::min(boot_id.size(), next.boot_id.size()),
                next.boot_id.begin());
    next.start_ns = static_cast<uint64_t>(rows[0][1].as<int64_t>());
    next.number = static_cast<uint32_t>(rows[0][2].as<int32_t>());
  }

  // A time of the boot clock as the database has it; one that makes no sense is
  // before all that is stored.
  int64_t MomentUs(uint64_t boot_ns) const {
    const absl::int128 moment = absl::int128(boot_ns) + realtime_offset_ns_;
    if (moment < 0 || moment > std::numeric_limits<int64_t>::max()) return 0;
    return FloorUs(static_cast<int64_t>(moment));
  }

  Transaction* const work_;
  const std::string& machine_id_;
  const BackfillQuery& query_;
  int64_t host_id_ = 0;
  int64_t capture_row_ = 0;
  int64_t realtime_offset_ns_ = 0;
  int64_t first_us_ = 0;  // of stored events, in µs since 1970
  int64_t end_us_ = 0;    // after them
  // Sub-streams that have more, and their last numbers.
  std::vector<std::pair<uint16_t, uint64_t>> pending_;
  BackfillPage page_;
};

}  // namespace

BackfillReader::BackfillReader(QueryPool* pool, std::string machine_id)
    : pool_(pool), machine_id_(std::move(machine_id)) {}

absl::StatusOr<BackfillPage> BackfillReader::Read(const BackfillQuery& query) {
  if (query.max_events < 1 || query.max_events > kMaxEvents) {
    return absl::InvalidArgumentError(absl::StrCat("max_events must be 1 to ", kMaxEvents));
  }
  const auto began = SteadyClock::now();
  BackfillPage page;
  const absl::Status status = pool_->Ask([&](Transaction* work) {
    page = Search(work, machine_id_, query).Run(began + pool_->limit() / 2);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return page;
}

}  // namespace memmon::store
