// SPDX-License-Identifier: Apache-2.0

#include "store/process_totals.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/capture_rows.h"
#include "store/history_step.h"
#include "store/image_fold.h"
#include "store/name_text.h"
#include "store/process_steps.h"
#include "store/query_sql.h"
#include "store/rollup_rows.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

model::HostTotals TotalsOf(const StoredCapture& capture) {
  model::HostTotals totals;
  totals.ram_bytes = capture.ram_bytes;
  totals.swap_bytes = capture.swap_bytes;
  totals.capture_start_unix_ns = capture.begin_us * 1000;
  totals.realtime_offset_ns = capture.realtime_offset_ns;
  return totals;
}

// The capture that ran at `time_us`, or the last before; null where there is none.
const StoredCapture* CaptureAt(const std::vector<StoredCapture>& captures, int64_t time_us) {
  const StoredCapture* latest = nullptr;
  for (const StoredCapture& capture : captures) {
    if (capture.begin_us < time_us && (latest == nullptr || capture.begin_us >= latest->begin_us)) {
      latest = &capture;
    }
  }
  return latest;
}

// So many of a moment may be in memory for every call.
constexpr size_t kFew = 5'000;
// All of an answer; one of 60,000 took a second.
constexpr std::chrono::seconds kMomentLimit{10};
// Its transaction is open meanwhile.
constexpr std::chrono::seconds kTurnLimit{4};

model::ProcessKey KeyFrom(const pqxx::row& row) {
  return {static_cast<uint32_t>(row[0].as<int32_t>()), static_cast<uint64_t>(row[1].as<int64_t>())};
}

// Whether the minute's calls are all there as events, too.
bool EventsKept(Transaction* work, int64_t host_id, int64_t minute_us) {
  const std::string from = TimeLiteralSql(minute_us);
  const pqxx::result rows = work->Exec(
      absl::StrCat("SELECT coalesce((SELECT sum(mmap_count + munmap_count)"
                   " FROM memmon.process_minute WHERE host_id = $1 AND minute = ",
                   from, "), 0) <= (SELECT count(*) FROM memmon.event e WHERE e.host_id = $1",
                   " AND e.event_time >= ", from, " AND e.event_time < ",
                   TimeLiteralSql(minute_us + kMinuteUs), " AND e.kind IN (16, 17) AND ",
                   kSucceededSql, ")"),
      host_id);
  return rows[0][0].as<bool>();
}

// A time in what rollups tell of, and what is left of it at both ends, as events.
struct Parts {
  int64_t start_us = 0;  // of events, until rollups_start_us
  int64_t rollups_start_us = 0;
  int64_t rollups_end_us = 0;
  int64_t end_us = 0;  // of events, from rollups_end_us on
};

Parts Divide(Transaction* work, int64_t host_id, const RollupCoverage& coverage, int64_t start_us,
             int64_t end_us, int64_t last_us) {
  // Whether what is left of the unit at `time_us` can be told by its events.
  const auto events_tell = [&](int64_t time_us) {
    return coverage.FinestUs(time_us) == kMinuteUs &&
           EventsKept(work, host_id, FloorTo(time_us, kMinuteUs));
  };
  Parts parts;
  parts.start_us = start_us;
  parts.rollups_start_us = CeilTo(start_us, coverage.FinestUs(start_us));
  // The day that is not over counts as one: nothing comes after it.
  const bool open_end = end_us > last_us;
  parts.rollups_end_us =
      open_end ? CeilTo(last_us + 1, kDayUs) : FloorTo(end_us, coverage.FinestUs(end_us));
  parts.end_us = open_end ? parts.rollups_end_us : end_us;
  if (parts.rollups_end_us < parts.rollups_start_us) {
    // Within one minute.
    parts.rollups_start_us = parts.rollups_end_us = parts.start_us;
    if (!events_tell(start_us)) parts.end_us = parts.start_us;
    return parts;
  }
  if (parts.start_us < parts.rollups_start_us && !events_tell(start_us)) {
    parts.start_us = parts.rollups_start_us;
  }
  if (parts.rollups_end_us < parts.end_us && !events_tell(parts.rollups_end_us)) {
    parts.end_us = parts.rollups_end_us;
  }
  return parts;
}

// $1 host, $2 boot, $3 capture. Who is told of by rollups or by the part of a minute
// that comes after them, and lived on: most processes of a month have ended, and
// only their last hour tells of them. Sums are joined to nothing: where a table is too new
// for the server to know how large it is, it would compare each with each.
constexpr char kLiving[] =
    "WITH rows AS MATERIALIZED (SELECT * FROM %rows r),"
    " sums AS (SELECT tgid, start_ns, sum(requested_bytes) AS requested,"
    " sum(released_bytes) AS released, sum(mmap_count) AS mmaps, sum(munmap_count) AS munmaps,"
    " sum(failed_count) AS failures,"
    " sum(held_change_bytes) FILTER (WHERE exec_time IS NULL OR time >= exec_time) AS held,"
    " max(ARRAY[%time_us, last_mm_id, last_ticket, virtual_size_bytes]) AS last"
    " FROM (SELECT *, max(time) FILTER (WHERE exec_ns IS NOT NULL)"
    " OVER (PARTITION BY tgid, start_ns) AS exec_time FROM rows) r GROUP BY tgid, start_ns),"
    " known AS (SELECT * FROM sums %edge)"
    // OFFSET 0: found one by one, whatever the server thinks how many there are.
    " SELECT p.tgid, p.start_ns, p.name, p.uid, p.namespace_tgid, p.cgroup_id, k.requested,"
    " k.released, k.mmaps, k.munmaps, k.failures, k.held, k.last[1], k.last[2], k.last[3],"
    " k.last[4], g.container FROM known k CROSS JOIN LATERAL (SELECT * FROM memmon.process p"
    " WHERE p.host_id = $1 AND p.boot_row = $2 AND p.tgid = k.tgid AND p.start_ns = k.start_ns"
    " AND (p.end_time IS NULL OR p.end_time >= %as_of) OFFSET 0) p"
    " LEFT JOIN LATERAL (SELECT container FROM memmon.cgroup g WHERE g.host_id = $1"
    " AND g.boot_row = $2 AND g.cgroup_id = p.cgroup_id OFFSET 0) g ON true";

constexpr char kLivingColumns[] =
    "%time AS time, r.tgid, r.start_ns, r.requested_bytes, r.released_bytes, r.mmap_count,"
    " r.munmap_count, r.failed_count, r.held_change_bytes, r.exec_ns, r.last_mm_id,"
    " r.last_ticket, r.virtual_size_bytes";

constexpr char kLivingAtEdge[] =
    " UNION ALL SELECT tgid, start_ns, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM (SELECT e.tgid, e.start_ns FROM memmon.event e WHERE e.host_id = $1"
    " AND e.boot_row = $2 AND e.capture_row = $3 AND e.event_time >= %from AND e.event_time < %to"
    " AND e.flags & 1 = 0 AND e.kind <> 2 EXCEPT SELECT tgid, start_ns FROM sums) e";

// A part of a minute, all processes: as ReadEventSteps, but only the last EXEC of
// each counts, since only the end is asked for. $1 to $3 as above, $4 the page's
// mask.
constexpr char kEdge[] =
    "WITH e AS MATERIALIZED (SELECT * FROM memmon.event e WHERE e.host_id = $1"
    " AND e.boot_row = $2 AND e.capture_row = $3 AND e.event_time >= %from AND e.event_time < %to"
    " AND e.flags & 1 = 0 AND e.kind <> 2),"
    " execs AS (SELECT DISTINCT ON (tgid, start_ns) tgid, start_ns, mm_id, ticket FROM e"
    " WHERE kind = 33 ORDER BY tgid, start_ns, event_time DESC, event_time_ns DESC)"
    " SELECT e.tgid, e.start_ns, CASE WHEN e.flags & 2 = 0 THEN e.mm_id ELSE 0 END AS mm,"
    " coalesce(e.mm_id = x.mm_id AND e.ticket >= x.ticket, false)::integer AS image, %first,"
    " sum(CASE e.kind WHEN 16 THEN (e.length_bytes + $4) & ~$4"
    " ELSE -((e.length_bytes + $4) & ~$4) END) FILTER (WHERE e.kind IN (16, 17) AND %succeeded),"
    " (max(ARRAY[e.ticket, e.virtual_size_bytes]) FILTER (WHERE e.flags & 2 = 0))[1],"
    " (max(ARRAY[e.ticket, e.virtual_size_bytes]) FILTER (WHERE e.flags & 2 = 0))[2],"
    " sum(e.length_bytes) FILTER (WHERE e.kind = 16 AND %succeeded),"
    " sum(e.length_bytes) FILTER (WHERE e.kind = 17 AND %succeeded),"
    " count(*) FILTER (WHERE e.kind = 16 AND %succeeded),"
    " count(*) FILTER (WHERE e.kind = 17 AND %succeeded), count(*) FILTER (WHERE %failed)"
    " FROM e LEFT JOIN execs x USING (tgid, start_ns) GROUP BY 1, 2, 3, 4"
    " ORDER BY min(e.event_time) FILTER (WHERE e.kind NOT IN (20, 34, 35)) NULLS LAST";

// $1 host, $2 how many. Processes that have no row in hours and days asked for
// less than a hundred others: they count, and are not among the largest.
constexpr char kRequested[] =
    "WITH total AS MATERIALIZED (SELECT boot_row, tgid, start_ns, sum(bytes) AS bytes"
    " FROM (SELECT * FROM %rows r %edges) part GROUP BY 1, 2, 3 HAVING sum(bytes) > 0),"
    " passing AS (SELECT coalesce(sum(count), 0) AS count, coalesce(sum(bytes), 0) AS bytes"
    " FROM %hosts r),"
    " largest AS (SELECT * FROM total ORDER BY bytes DESC, tgid, start_ns LIMIT $2)"
    " SELECT l.tgid, l.start_ns, l.bytes, (SELECT count(*) FROM total) + f.count,"
    " (SELECT sum(bytes) FROM total) + f.bytes, coalesce(p.name, '')"
    " FROM largest l CROSS JOIN passing f LEFT JOIN memmon.process p ON p.host_id = $1"
    " AND p.boot_row = l.boot_row AND p.tgid = l.tgid AND p.start_ns = l.start_ns"
    " ORDER BY l.bytes DESC, l.tgid, l.start_ns";

constexpr char kEdgeRequested[] =
    " UNION ALL SELECT e.boot_row, e.tgid, e.start_ns, e.length_bytes FROM memmon.event e"
    " WHERE e.host_id = $1 AND e.event_time >= %from AND e.event_time < %to AND e.kind = 16"
    " AND e.flags & 1 = 0 AND %succeeded";

void AddSums(const CallSums& sums, model::Process* process) {
  process->requested_bytes += sums.requested_bytes;
  process->mmap_count += sums.mmap_count;
  process->munmap_count += sums.munmap_count;
  process->failed_count += sums.failed_count;
}

// What a process did in the part of a minute before the moment.
struct Edge {
  std::vector<Piece> pieces;
  std::vector<CallSums> sums;
};
using Edges = std::map<model::ProcessKey, Edge>;

// There is room for `count` processes, in turns where that are many.
absl::Status HaveRoom(Transaction* work, size_t count, MomentRoom* room, Deadline until,
                      std::shared_ptr<void>* turn) {
  if (count > kFew && *turn == nullptr) {
    auto taken = std::make_shared<std::unique_lock<std::timed_mutex>>(room->turn, std::defer_lock);
    const auto last = std::min(until, std::chrono::steady_clock::now() + kTurnLimit);
    while (!taken->try_lock_for(std::chrono::milliseconds(200))) {
      if (std::chrono::steady_clock::now() >= last) {
        return absl::ResourceExhaustedError(
            "others ask about as many processes, and memmond's memory has room for those of one "
            "call; try again");
      }
      work->Renew();
    }
    *turn = std::move(taken);
  }
  if (count <= room->most_processes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("more than ", room->most_processes,
                   " processes lived then, which is what memmond's memory has room for: give more "
                   "--memory"));
}

// What a query gives, a part at a time: as text rows take more than what is kept of them. `take`
// takes a row, and says how many of the moment there are now.
template <typename Take, typename... Parameters>
absl::Status ReadInParts(Transaction* work, MomentRoom* room, Deadline until,
                         std::shared_ptr<void>* turn, const Take& take, const std::string& sql,
                         const Parameters&... parameters) {
  // It is planned as if all of it were wanted at once.
  work->Exec("SET LOCAL cursor_tuple_fraction = 1");
  work->Exec("DECLARE moment NO SCROLL CURSOR FOR " + sql, parameters...);
  for (;;) {
    const pqxx::result rows = work->Exec("FETCH 1000 FROM moment");
    if (rows.empty()) break;
    size_t count = 0;
    for (const auto& row : rows) count = take(row);
    if (auto s = HaveRoom(work, count, room, until, turn); !s.ok()) return s;
    if (std::chrono::steady_clock::now() >= until) {
      return absl::DeadlineExceededError("the database did not tell of so many processes in time");
    }
  }
  work->Exec("CLOSE moment");
  return absl::OkStatus();
}

absl::StatusOr<Edges> ReadEdges(Transaction* work, int64_t host_id, const StoredCapture& capture,
                                const Parts& parts, MomentRoom* room, Deadline until,
                                std::shared_ptr<void>* turn) {
  Edges edges;
  if (parts.rollups_end_us >= parts.end_us) return edges;
  size_t count = 0;  // of images: a process may have had several
  const auto take = [&](const pqxx::row& row) {
    Edge& edge = edges[KeyFrom(row)];
    Piece& piece = edge.pieces.emplace_back();
    piece.image = {capture.capture_row, UnsignedFrom(row[2]), row[3].as<int64_t>()};
    if (!row[4].is_null()) piece.first_us = row[4].as<int64_t>();
    piece.change_bytes = ModuloFrom(row[5]);
    piece.ticket = UnsignedFrom(row[6]);
    piece.size_bytes = UnsignedFrom(row[7]);
    edge.sums.push_back(CallSumsFrom(row, 8));
    return ++count;
  };
  const absl::Status status =
      ReadInParts(work, room, until, turn, take,
                  ReplaceWords(kEdge, {{"%first", UnixUsSql("min(e.event_time) FILTER"
                                                            " (WHERE e.kind NOT IN (20, 34, 35))")},
                                       {"%succeeded", kSucceededSql},
                                       {"%failed", kFailedSql},
                                       {"%from", TimeLiteralSql(parts.rollups_end_us)},
                                       {"%to", TimeLiteralSql(parts.end_us)},
                                       {"$4", "$4::bigint"}}),
                  host_id, capture.boot_row, capture.capture_row, capture.page_size_bytes - 1);
  if (!status.ok()) return status;
  return edges;
}

// Nothing where this capture has seen nothing of it until the moment. Its edge makes room for it.
std::optional<model::Process> ProcessFrom(const pqxx::row& row, const StoredCapture& capture,
                                          Edges* edges) {
  model::Process process;
  process.key = KeyFrom(row);
  const auto edge = edges->extract(process.key);
  const bool has_sums = !row[12].is_null();
  if (!has_sums && edge.empty()) return std::nullopt;
  process.name = NameFromText(row[2].as<std::string>());
  process.uid = static_cast<uint32_t>(row[3].as<int32_t>());
  process.namespace_tgid = static_cast<uint32_t>(row[4].as<int32_t>());
  process.cgroup_id = static_cast<uint64_t>(row[5].as<int64_t>());
  process.container = NameFromText(row[16].as<std::string>(""));
  ImageFold fold;
  if (has_sums) {
    AddSums(CallSumsFrom(row, 6), &process);
    const Image image = {capture.capture_row, UnsignedFrom(row[13]), 0};
    if (image.mm_id != 0) {
      fold = ImageFold(image, row[12].as<int64_t>(), ModuloFrom(row[11]), UnsignedFrom(row[14]),
                       UnsignedFrom(row[15]));
    }
  }
  if (!edge.empty()) {
    for (const Piece& piece : edge.mapped().pieces) fold.Add(piece);
    for (const CallSums& sums : edge.mapped().sums) AddSums(sums, &process);
  }
  process.held_bytes = fold.held_bytes();
  process.virtual_size_bytes = fold.size_bytes();
  process.mm_id = fold.mm_id();
  return process;
}

std::string LivingSql(const RollupCoverage& coverage, const Parts& parts, int64_t as_of_us) {
  const auto runs = DivideIntoRuns(coverage, parts.rollups_start_us, parts.rollups_end_us, kDayUs);
  std::string edge;
  if (parts.rollups_end_us < parts.end_us) {
    edge = ReplaceWords(kLivingAtEdge, {{"%from", TimeLiteralSql(parts.rollups_end_us)},
                                        {"%to", TimeLiteralSql(parts.end_us)}});
  }
  return ReplaceWords(kLiving, {{"%rows", ProcessRowsSql(runs, kLivingColumns,
                                                         "r.host_id = $1 AND r.boot_row = $2"
                                                         " AND r.capture_row = $3")},
                                {"%time_us", UnixUsSql("time")},
                                {"%edge", edge},
                                {"%as_of", TimeLiteralSql(as_of_us)}});
}

}  // namespace

absl::StatusOr<StoredProcesses> ReadProcesses(Transaction* work, const std::string& machine_id,
                                              const ProcessesQuery& query, MomentRoom* room) {
  StoredProcesses answer;
  answer.as_of_unix_ns = query.as_of_unix_ns;
  answer.everything.snapshot = true;
  const int64_t host_id = FindHost(work, machine_id);
  // What happened at the moment itself is in its figures.
  const int64_t as_of_us = FloorUs(query.as_of_unix_ns) + 1;
  const std::vector<StoredCapture> captures = FindCaptures(work, host_id, 0);
  const StoredCapture* capture = CaptureAt(captures, as_of_us);
  if (capture == nullptr) return answer;
  answer.everything.totals = TotalsOf(*capture);
  const RollupCoverage coverage = ReadCoverage(work, host_id);
  // Of this capture nothing was before it began: whole days count.
  const int64_t start_us = FloorTo(capture->begin_us, kDayUs);
  const Parts parts = Divide(work, host_id, coverage, start_us, as_of_us, capture->last_us);
  if (parts.end_us < as_of_us && as_of_us <= capture->last_us) {
    answer.as_of_unix_ns = parts.end_us * 1000;
  }
  const auto until = std::min(query.deadline, std::chrono::steady_clock::now() + kMomentLimit);
  auto edges = ReadEdges(work, host_id, *capture, parts, room, until, &answer.turn);
  if (!edges.ok()) return edges.status();
  std::vector<model::Process>& processes = answer.everything.processes;
  const auto take = [&](const pqxx::row& row) {
    if (auto process = ProcessFrom(row, *capture, &*edges))
      processes.push_back(*std::move(process));
    return processes.size();
  };
  const absl::Status status =
      ReadInParts(work, room, until, &answer.turn, take,
                  LivingSql(coverage, parts, FloorUs(answer.as_of_unix_ns) + 1), host_id,
                  capture->boot_row, capture->capture_row);
  if (!status.ok()) return status;
  return answer;
}

RequestedSummary ReadRequested(Transaction* work, const std::string& machine_id,
                               const RequestedQuery& query) {
  RequestedSummary answer;
  const int64_t host_id = FindHost(work, machine_id);
  const std::vector<StoredCapture> captures = FindCaptures(work, host_id, 0);
  int64_t end_us = FloorUs(query.end_unix_ns + 999);
  const StoredCapture* capture = CaptureAt(captures, end_us);
  if (capture == nullptr) return answer;
  answer.totals = TotalsOf(*capture);
  int64_t last_us = 0;
  for (const StoredCapture& each : captures) last_us = std::max(last_us, each.last_us);
  const RollupCoverage coverage = ReadCoverage(work, host_id);
  // Nothing was before the first capture: its day counts as a whole.
  const int64_t start_us =
      std::max(FloorUs(query.start_unix_ns),
               FloorTo(std::max<int64_t>(0, captures.front().begin_us), kDayUs));
  if (start_us >= end_us) return answer;

  const Parts parts = Divide(work, host_id, coverage, start_us, end_us, last_us);
  const auto runs = DivideIntoRuns(coverage, parts.rollups_start_us, parts.rollups_end_us, kDayUs);
  const auto edge = [](int64_t from_us, int64_t to_us) {
    if (from_us >= to_us) return std::string();
    return ReplaceWords(kEdgeRequested, {{"%from", TimeLiteralSql(from_us)},
                                         {"%to", TimeLiteralSql(to_us)},
                                         {"%succeeded", kSucceededSql}});
  };
  const pqxx::result rows = work->Exec(
      ReplaceWords(
          kRequested,
          {{"%rows",
            ProcessRowsSql(runs, "r.boot_row, r.tgid, r.start_ns, r.requested_bytes AS bytes",
                           "r.host_id = $1")},
           {"%edges", edge(parts.start_us, parts.rollups_start_us) +
                          edge(parts.rollups_end_us, parts.end_us)},
           {"%hosts", HostRowsSql(runs, "r.passing_count AS count, r.passing_bytes AS bytes",
                                  "r.host_id = $1")}}),
      host_id, query.count);
  for (const auto& row : rows) {
    answer.largest.push_back(
        {KeyFrom(row), NameFromText(row[5].as<std::string>()), ModuloFrom(row[2])});
    answer.process_count = UnsignedFrom(row[3]);
    answer.total_bytes = ModuloFrom(row[4]);
  }
  return answer;
}

}  // namespace memmon::store
