// SPDX-License-Identifier: Apache-2.0

#include "store/process_steps.h"

#include <pqxx/pqxx>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/connection.h"
#include "store/query_sql.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

// %rows of the capture that ran, before the start.
constexpr char kStepsBefore[] =
    "WITH rows AS MATERIALIZED (SELECT * FROM %rows r),"
    " exec AS (SELECT max(time) AS time FROM rows WHERE exec_ns IS NOT NULL)"
    " SELECT %last, l.capture_row, l.last_mm_id, l.last_ticket, l.virtual_size_bytes,"
    " (SELECT sum(held_change_bytes) FROM rows, exec WHERE exec.time IS NULL"
    " OR rows.time >= exec.time) FROM rows l ORDER BY l.time DESC LIMIT 1";

constexpr char kRollupSteps[] =
    // What was held at the end of each unit: see sql/migrations/0004.
    "WITH of_process AS (SELECT *, count(exec_ns) OVER (PARTITION BY capture_row ORDER BY time)"
    " AS image FROM %rows r),"
    " ordered AS (SELECT *, sum(held_change_bytes) OVER"
    " (PARTITION BY capture_row, image ORDER BY time) AS held,"
    " row_number() OVER (ORDER BY time, last_ns) AS place FROM of_process),"
    " steps AS (SELECT"
    " date_bin($5::bigint * interval '1 microsecond', time, timestamptz 'epoch') AS step,"
    " sum(requested_bytes), sum(released_bytes), sum(mmap_count), sum(munmap_count),"
    " sum(failed_count), max(max_virtual_size_bytes), max(time) AS last_time,"
    " max(ARRAY[place, capture_row, last_mm_id, last_ticket, virtual_size_bytes,"
    " greatest(-9223372036854775807, least(9223372036854775807, held))::bigint, image]) AS last"
    " FROM ordered GROUP BY 1)"
    " SELECT *, %step, %last, last[2], last[3], last[4], last[5], last[6], last[7] FROM"
    " steps ORDER BY step";

constexpr char kOfProcess[] =
    "r.host_id = $1 AND r.boot_row = $2 AND r.tgid = $3 AND r.start_ns = $4";

// $1 to $7: the process and the range; $8 the page's mask; EXECs from $9 on.
constexpr char kEventSteps[] =
    "WITH pieces AS (SELECT"
    " date_bin($7::bigint * interval '1 microsecond', e.event_time, timestamptz 'epoch') AS step,"
    " e.capture_row, CASE WHEN e.flags & 2 = 0 THEN e.mm_id ELSE 0 END AS mm, %image AS image,"
    " min(e.event_time) FILTER (WHERE e.kind NOT IN (20, 34, 35)) AS first,"
    " sum(CASE e.kind WHEN 16 THEN (e.length_bytes + $8) & ~$8"
    " ELSE -((e.length_bytes + $8) & ~$8) END)"
    " FILTER (WHERE e.kind IN (16, 17) AND %succeeded) AS change,"
    " max(ARRAY[e.ticket, e.virtual_size_bytes]) FILTER (WHERE e.flags & 2 = 0) AS latest,"
    " sum(e.length_bytes) FILTER (WHERE e.kind = 16 AND %succeeded) AS requested,"
    " sum(e.length_bytes) FILTER (WHERE e.kind = 17 AND %succeeded) AS released,"
    " count(*) FILTER (WHERE e.kind = 16 AND %succeeded) AS mmaps,"
    " count(*) FILTER (WHERE e.kind = 17 AND %succeeded) AS munmaps,"
    " count(*) FILTER (WHERE %failed) AS failures,"
    " max(e.virtual_size_bytes) FILTER (WHERE e.flags & 2 = 0) AS largest,"
    " array_agg(e.ticket) FILTER (WHERE e.kind = 33) AS execs"
    " FROM memmon.event e WHERE e.host_id = $1 AND e.boot_row = $2 AND e.tgid = $3"
    " AND e.start_ns = $4 AND e.event_time >= %5 AND e.event_time < %6 AND e.flags & 1 = 0"
    " GROUP BY 1, 2, 3, 4)"
    " SELECT %step, capture_row, mm, image, %first, change, latest[1], latest[2], requested,"
    " released, mmaps, munmaps, failures, largest, execs FROM pieces"
    " ORDER BY step, first NULLS LAST";

// Which image of its address space an event belongs to, given the EXECs.
constexpr char kImageByExecs[] =
    "(SELECT count(*) FROM unnest($9::bigint[], $10::bigint[], $11::bigint[])"
    " AS x (capture_row, mm_id, ticket) WHERE x.capture_row = e.capture_row"
    " AND x.mm_id = e.mm_id AND x.ticket <= e.ticket)";

std::vector<std::string> Parameters(const ProcessRef& process) {
  return {absl::StrCat(process.host_id), absl::StrCat(process.boot_row),
          absl::StrCat(static_cast<int32_t>(process.key.tgid)),
          absl::StrCat(static_cast<int64_t>(process.key.start_ns))};
}

// EXECs that were found, an array a column.
struct Execs {
  std::vector<int64_t> captures;
  std::vector<int64_t> mm_ids;
  std::vector<int64_t> tickets;
};

pqxx::result AskForEvents(Transaction* work, const ProcessRef& process, const StepRange& range,
                          const Execs& execs) {
  std::vector<std::string> parameters = Parameters(process);
  parameters.push_back(absl::StrCat(range.start_us));
  parameters.push_back(absl::StrCat(range.end_us));
  parameters.push_back(absl::StrCat(range.step_us));
  parameters.push_back(absl::StrCat(process.page_size_bytes - 1));
  std::string image = "0::bigint";
  if (!execs.tickets.empty()) {
    image = kImageByExecs;
    parameters.push_back(NumberArray(execs.captures));
    parameters.push_back(NumberArray(execs.mm_ids));
    parameters.push_back(NumberArray(execs.tickets));
  }
  return work->Exec(ReplaceWords(kEventSteps, {{"%image", image},
                                               {"%succeeded", kSucceededSql},
                                               {"%failed", kFailedSql},
                                               {"%5", TimeSql(5)},
                                               {"%6", TimeSql(6)},
                                               {"%step", UnixUsSql("step")},
                                               {"%first", UnixUsSql("first")},
                                               {"$8", "$8::bigint"}}),
                    parameters);
}

Execs ExecsIn(const pqxx::result& rows) {
  Execs execs;
  for (const auto& row : rows) {
    if (row[14].is_null()) continue;
    pqxx::array_parser parser = row[14].as_array();
    for (auto item = parser.get_next(); item.first != pqxx::array_parser::done;
         item = parser.get_next()) {
      int64_t ticket = 0;
      if (item.first != pqxx::array_parser::string_value ||
          !absl::SimpleAtoi(item.second, &ticket)) {
        continue;
      }
      execs.captures.push_back(row[1].as<int64_t>());
      execs.mm_ids.push_back(row[2].as<int64_t>());
      execs.tickets.push_back(ticket);
    }
  }
  return execs;
}

}  // namespace

std::optional<RollupStep> ReadRollupBefore(Transaction* work, const ProcessRef& process,
                                           const RollupCoverage& coverage, const RollupSince& since,
                                           int64_t start_us) {
  std::vector<std::string> parameters = Parameters(process);
  parameters.push_back(absl::StrCat(since.capture_row));
  // Of this capture nothing was before it began.
  const auto runs = DivideIntoRuns(coverage, FloorTo(since.begin_us, kDayUs), start_us, kDayUs);
  const std::string rows = ProcessRowsSql(
      runs,
      "%time AS time, r.capture_row, r.last_mm_id, r.last_ticket, r.virtual_size_bytes,"
      " r.held_change_bytes, r.exec_ns",
      absl::StrCat(kOfProcess, " AND r.capture_row = $5"));
  const pqxx::result found = work->Exec(
      ReplaceWords(kStepsBefore, {{"%rows", rows}, {"%last", UnixUsSql("l.time")}}), parameters);
  if (found.empty()) return std::nullopt;
  const pqxx::row row = found[0];
  RollupStep before;
  before.last_us = row[0].as<int64_t>();
  before.image = {row[1].as<int64_t>(), UnsignedFrom(row[2]), 0};
  before.ticket = UnsignedFrom(row[3]);
  before.size_bytes = UnsignedFrom(row[4]);
  before.held = ModuloFrom(row[5]);
  return before;
}

std::vector<RollupStep> ReadRollupSteps(Transaction* work, const ProcessRef& process,
                                        const RollupCoverage& coverage,
                                        const std::optional<RollupStep>& before,
                                        const StepRange& range) {
  std::vector<std::string> parameters = Parameters(process);
  parameters.push_back(absl::StrCat(range.step_us));
  const auto runs =
      DivideIntoRuns(coverage, range.start_us, range.end_us, UnitOfSteps(range.step_us));
  const std::string of_process = ProcessRowsSql(
      runs,
      "%time AS time, r.capture_row, r.last_mm_id, r.last_ticket, r.virtual_size_bytes,"
      " r.held_change_bytes, r.exec_ns, r.last_ns, r.requested_bytes, r.released_bytes,"
      " r.mmap_count, r.munmap_count, r.failed_count, r.max_virtual_size_bytes",
      kOfProcess);
  const pqxx::result rows = work->Exec(
      ReplaceWords(
          kRollupSteps,
          {{"%rows", of_process}, {"%step", UnixUsSql("step")}, {"%last", UnixUsSql("last_time")}}),
      parameters);
  std::vector<RollupStep> steps;
  for (const auto& row : rows) {
    RollupStep& step = steps.emplace_back();
    step.step_us = row[9].as<int64_t>();
    step.sums = CallSumsFrom(row, 1);
    step.max_size_bytes = UnsignedFrom(row[6]);
    step.last_us = row[10].as<int64_t>();
    step.image = {row[11].as<int64_t>(), UnsignedFrom(row[12]), 0};
    step.ticket = UnsignedFrom(row[13]);
    step.size_bytes = UnsignedFrom(row[14]);
    step.held = UnsignedFrom(row[15]);
    // No exec since the start: it goes on from what was held there.
    if (row[16].as<int64_t>() == 0 && before &&
        step.image.capture_row == before->image.capture_row) {
      step.held += before->held;
    }
  }
  return steps;
}

int64_t CountAllCalls(Transaction* work, int64_t host_id, const StepRange& range, int64_t most) {
  // A row stands for one call at least: so many rows are enough.
  const pqxx::result rows = work->Exec(
      absl::StrCat("SELECT least($2::bigint + 1, greatest(count(*), coalesce(sum(calls), 0)))"
                   " FROM (SELECT mmap_count::bigint + munmap_count + failed_count AS calls"
                   " FROM memmon.process_minute WHERE host_id = $1 AND minute >= ",
                   TimeLiteralSql(range.start_us), " AND minute < ", TimeLiteralSql(range.end_us),
                   " LIMIT $2::bigint + 1) m"),
      host_id, most);
  return rows[0][0].as<int64_t>();
}

std::vector<EventStep> ReadEventSteps(Transaction* work, const ProcessRef& process,
                                      const StepRange& range) {
  pqxx::result rows = AskForEvents(work, process, range, {});
  // Most processes run one image all the time: only others are asked for twice.
  if (const Execs execs = ExecsIn(rows); !execs.tickets.empty()) {
    rows = AskForEvents(work, process, range, execs);
  }
  std::vector<EventStep> steps;
  for (const auto& row : rows) {
    EventStep& step = steps.emplace_back();
    step.step_us = row[0].as<int64_t>();
    step.piece.image = {row[1].as<int64_t>(), UnsignedFrom(row[2]), row[3].as<int64_t>()};
    if (!row[4].is_null()) step.piece.first_us = row[4].as<int64_t>();
    step.piece.change_bytes = ModuloFrom(row[5]);
    step.piece.ticket = UnsignedFrom(row[6]);
    step.piece.size_bytes = UnsignedFrom(row[7]);
    step.sums = CallSumsFrom(row, 8);
    step.max_size_bytes = UnsignedFrom(row[13]);
  }
  return steps;
}

}  // namespace memmon::store
