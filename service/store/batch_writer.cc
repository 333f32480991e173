// SPDX-License-Identifier: Apache-2.0

#include "store/batch_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/minute_writer.h"
#include "store/name_text.h"
#include "store/partitions.h"

namespace memmon::store {
namespace {

constexpr int64_t kNsPerHour = 3'600'000'000'000;
constexpr int64_t kNsPerDay = 24 * kNsPerHour;
constexpr int64_t kHoursPerDay = 24;
// 2000-01-01 and 2100-01-01. A damaged recording must not make partitions for
// every day of an age.
constexpr int64_t kFirstUnixNs = 946'684'800'000'000'000;
constexpr int64_t kEndUnixNs = 4'102'444'800'000'000'000;
// Pieces handed to libpq; larger ones gain nothing.
constexpr size_t kPieceBytes = 64 * 1024;

// When it was; none where the database has no room for that, or for when its process began.
std::optional<int64_t> UnixNs(const model::Event& event, const model::Capture& capture) {
  const __int128 time = static_cast<__int128>(event.time_ns) + capture.realtime_offset_ns;
  if (time < kFirstUnixNs || time >= kEndUnixNs) return std::nullopt;
  const __int128 start = static_cast<__int128>(event.start_ns) + capture.realtime_offset_ns;
  if (start >= kEndUnixNs || event.start_ns > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(time);
}

// The column of a u16, bit for bit.
int16_t Column(uint16_t value) { return static_cast<int16_t>(value); }

std::string TimeSql(int64_t unix_ns) {
  return absl::StrCat("(timestamptz 'epoch' + ", unix_ns / 1000, " * interval '1 microsecond')");
}

// Says that these hours have to be added up (again), and keeps others from doing
// so until the end of the transaction: see sql/migrations/0008. A row that is
// there is locked and left as it is.
std::string DueSql(int32_t host_id, const std::set<int64_t>& hours) {
  if (hours.empty()) return "";
  std::string sql = "INSERT INTO memmon.rollup_due AS d (host_id, hour) VALUES ";
  const char* separator = "";
  for (const int64_t hour : hours) {
    absl::StrAppend(&sql, separator, "(", host_id, ", ", TimeSql(hour * kNsPerHour), ")");
    separator = ", ";
  }
  return sql + " ON CONFLICT (host_id, hour) DO UPDATE SET hour = d.hour WHERE false;";
}

absl::StatusOr<int32_t> OneNumber(const absl::StatusOr<Connection::Rows>& rows) {
  if (!rows.ok()) return rows.status();
  int32_t number = 0;
  if (rows->size() != 1 || !absl::SimpleAtoi((*rows)[0][0], &number)) {
    return absl::InternalError("a row id was expected from PostgreSQL");
  }
  return number;
}

}  // namespace

BatchWriter::BatchWriter(Connection* connection, Rollup* rollup, model::ContainerNames* containers,
                         std::string machine_id, std::string host_name)
    : connection_(connection),
      rollup_(rollup),
      cgroups_(containers),
      machine_id_(std::move(machine_id)),
      host_name_(std::move(host_name)) {}

absl::StatusOr<BatchWriter::Written> BatchWriter::Write(const Chunk& chunk, const Keep& keep) {
  auto written = WriteTransaction(chunk, keep);
  if (written.ok()) return written;
  if (!connection_->broken()) connection_->Execute("ROLLBACK").IgnoreError();
  // Somebody may have dropped a partition or a row: ask again for everything.
  captures_.clear();
  days_.clear();
  done_.clear();
  processes_.Forget();
  cgroups_.Forget();
  host_id_ = 0;
  return written;
}

absl::StatusOr<BatchWriter::Written> BatchWriter::WriteTransaction(const Chunk& chunk,
                                                                   const Keep& keep) {
  // Rows that others refer to are committed before: they may stay whatever
  // becomes of the chunk.
  for (const auto& loss : chunk.losses) {
    if (auto rows = FindCapture(*loss.capture); !rows.ok()) return rows.status();
  }
  if (chunk.event_count == 0) {
    if (auto s = connection_->Execute("BEGIN"); !s.ok()) return s;
    if (auto s = WriteLosses(chunk.losses, std::nullopt); !s.ok()) return s;
    if (auto s = connection_->Execute("COMMIT"); !s.ok()) return s;
    return Written{};
  }
  auto rows = FindCapture(*chunk.capture);
  if (!rows.ok()) return rows.status();
  const bool continues = rows->capture_row == done_capture_row_ && chunk.epoch == done_epoch_;
  if (!continues) done_.clear();

  const Summary summary = Look(chunk);
  if (auto s = MakePartitions(summary.hours); !s.ok()) return s;
  auto stored = BeginAndLock(*rows, summary);
  if (!stored.ok()) return stored.status();
  rollup_->Begin(rows->capture_row, chunk.capture->page_size_bytes);
  processes_.Begin(*rows);
  cgroups_.Begin(*rows, *chunk.capture, summary.last_unix_ns / kNsPerDay);
  LeftOut left_out;
  if (auto s = CopyRows(chunk, *rows, *stored, keep, &left_out); !s.ok()) return s;
  if (auto s = processes_.Write(connection_); !s.ok()) return s;
  if (auto s = cgroups_.Write(connection_); !s.ok()) return s;
  if (auto s = AddProcessMinutes(*connection_, *rows, rollup_->rows()); !s.ok()) return s;
  std::optional<int64_t> next_unix_ns;
  if (summary.storable > 0) next_unix_ns = summary.first_unix_ns;
  if (auto s = WriteLosses(chunk.losses, next_unix_ns); !s.ok()) return s;
  if (auto s = WriteLosses(summary.unstorable, next_unix_ns); !s.ok()) return s;
  if (auto s = WriteBooksAndCommit(*rows, summary, left_out); !s.ok()) return s;
  rollup_->Commit();
  processes_.Commit();
  cgroups_.Commit();

  done_capture_row_ = rows->capture_row;
  done_epoch_ = chunk.epoch;
  for (const Span& span : summary.spans) done_[span.cpu] = span.last;
  Written written{chunk.event_count - summary.storable, std::nullopt};
  if (summary.storable > 0) written.day = summary.last_unix_ns / kNsPerDay;
  return written;
}

absl::StatusOr<CaptureRows> BatchWriter::FindCapture(const model::Capture& capture) {
  const std::string boot_id(reinterpret_cast<const char*>(capture.boot_id.data()),
                            capture.boot_id.size());
  const auto key = std::make_tuple(boot_id, capture.start_ns, capture.number);
  if (const auto it = captures_.find(key); it != captures_.end()) return it->second;

  // DO UPDATE rather than DO NOTHING: only so does RETURNING give the row that
  // was there.
  CaptureRows rows;
  if (host_id_ == 0) {
    auto host = OneNumber(
        connection_->Query("INSERT INTO memmon.host (machine_id, host_name) VALUES ($1, $2)"
                           " ON CONFLICT (machine_id) DO UPDATE SET host_name = excluded.host_name"
                           " RETURNING host_id",
                           {machine_id_, host_name_}));
    if (!host.ok()) return host.status();
    host_id_ = *host;
  }
  rows.host_id = host_id_;
  std::string release;
  AppendNameText(capture.kernel_release, &release);
  auto boot = OneNumber(connection_->Query(
      "INSERT INTO memmon.boot"
      " (host_id, boot_id, kernel_release, ram_bytes, swap_bytes, page_size_bytes)"
      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (host_id, boot_id)"
      " DO UPDATE SET ram_bytes = excluded.ram_bytes, swap_bytes = excluded.swap_bytes"
      " RETURNING boot_row",
      {absl::StrCat(rows.host_id), absl::BytesToHexString(boot_id), release,
       absl::StrCat(static_cast<int64_t>(capture.ram_bytes)),
       absl::StrCat(static_cast<int64_t>(capture.swap_bytes)),
       absl::StrCat(static_cast<int32_t>(capture.page_size_bytes))}));
  if (!boot.ok()) return boot.status();
  rows.boot_row = *boot;
  auto row = OneNumber(connection_->Query(
      "INSERT INTO memmon.capture (host_id, boot_row, number, start_ns, realtime_offset_ns,"
      " abi_version, cpu_count, coverage, ring_records)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT (host_id, boot_row, start_ns, number)"
      " DO UPDATE SET coverage = excluded.coverage RETURNING capture_row",
      {absl::StrCat(rows.host_id), absl::StrCat(rows.boot_row),
       absl::StrCat(static_cast<int32_t>(capture.number)),
       absl::StrCat(static_cast<int64_t>(capture.start_ns)),
       absl::StrCat(capture.realtime_offset_ns),
       absl::StrCat(static_cast<int32_t>(capture.abi_version)),
       absl::StrCat(static_cast<int32_t>(capture.cpu_count)),
       absl::StrCat(static_cast<int32_t>(capture.coverage)),
       absl::StrCat(static_cast<int32_t>(capture.ring_records))}));
  if (!row.ok()) return row.status();
  rows.capture_row = *row;
  captures_.emplace(key, rows);
  return rows;
}

BatchWriter::Summary BatchWriter::Look(const Chunk& chunk) const {
  Summary summary;
  SpanBuilder spans;
  int64_t hour = -1;
  for (const Slice& slice : chunk.slices) {
    for (size_t i = slice.begin; i < slice.end; ++i) {
      const model::Event& event = slice.batch->events[i];
      spans.Add(event);
      const auto time = UnixNs(event, *chunk.capture);
      if (!time) {
        summary.unstorable.push_back(
            {chunk.capture, SpanOf(event), NumbersIn(SpanOf(event)), LossReason::kTimeOutOfRange});
        continue;
      }
      if (summary.storable++ == 0) summary.first_unix_ns = summary.last_unix_ns = *time;
      summary.first_unix_ns = std::min(summary.first_unix_ns, *time);
      summary.last_unix_ns = std::max(summary.last_unix_ns, *time);
      if (*time / kNsPerHour != hour) {
        hour = *time / kNsPerHour;
        summary.hours.insert(hour);
      }
    }
  }
  summary.spans = spans.SpansAfter(done_);
  return summary;
}

absl::Status BatchWriter::MakePartitions(const std::set<int64_t>& hours) {
  for (const int64_t hour : hours) {
    const int64_t day = hour / kHoursPerDay;
    // The day after too: at midnight nothing has to wait for it.
    for (const int64_t wanted : {day, day + 1}) {
      if (days_.contains(wanted)) continue;
      if (auto s = MakeDay(*connection_, wanted); !s.ok()) return s;
      days_.insert(wanted);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredSpans> BatchWriter::BeginAndLock(const CaptureRows& rows,
                                                      const Summary& summary) {
  // The lock first: whoever else writes this capture, such as a server process
  // whose client is gone but which still commits, is waited for, and what it
  // committed is seen by the statement after.
  std::string sql = absl::StrCat("BEGIN; SELECT FROM memmon.capture WHERE host_id = ", rows.host_id,
                                 " AND capture_row = ", rows.capture_row, " FOR NO KEY UPDATE;",
                                 DueSql(rows.host_id, summary.hours),
                                 "SELECT cpu, first_sequence, last_sequence"
                                 " FROM memmon.ingest_range WHERE host_id = ",
                                 rows.host_id, " AND capture_row = ", rows.capture_row, " AND (");
  const char* separator = "";
  for (const Span& span : summary.spans) {
    absl::StrAppend(&sql, separator, "(cpu = ", Column(span.cpu),
                    " AND first_sequence <= ", span.last, " AND last_sequence >= ", span.first,
                    ")");
    separator = " OR ";
  }
  auto found = connection_->QueryLast(sql + ")");
  if (!found.ok()) return found.status();
  StoredSpans stored;
  for (const auto& row : *found) {
    int cpu = 0;
    Span span;
    if (!absl::SimpleAtoi(row[0], &cpu) || !absl::SimpleAtoi(row[1], &span.first) ||
        !absl::SimpleAtoi(row[2], &span.last)) {
      return absl::InternalError("memmon.ingest_range has a row that makes no sense");
    }
    span.cpu = static_cast<uint16_t>(cpu);
    stored.Add(span);
  }
  return stored;
}

absl::Status BatchWriter::CopyRows(const Chunk& chunk, const CaptureRows& rows,
                                   const StoredSpans& stored, const Keep& keep, LeftOut* left_out) {
  if (auto s = connection_->BeginCopy(CopyEncoder::Statement()); !s.ok()) return s;
  encoder_.Clear();
  encoder_.AppendHeader();
  // A number that does not grow within the chunk was given twice.
  std::map<uint16_t, uint64_t> last_of;
  for (const Slice& slice : chunk.slices) {
    for (size_t i = slice.begin; i < slice.end; ++i) {
      const model::Event& event = slice.batch->events[i];
      const auto [last, first_of_cpu] = last_of.try_emplace(event.cpu, event.sequence);
      if (!first_of_cpu && event.sequence <= last->second) continue;
      last->second = LastSequence(event);
      const auto time = UnixNs(event, *chunk.capture);
      if (!time) continue;
      const bool is_new = stored.empty() || !stored.Contains(event);
      rollup_->Add(event, *time, is_new);
      if (!is_new) continue;
      processes_.Note(event, *time);
      cgroups_.Note(event.cgroup_id);
      if (!keep.Wants(event)) {
        ++(*left_out)[event.cpu];
        continue;
      }
      encoder_.AppendRow(rows, event, *time);
      if (encoder_.data().size() >= kPieceBytes) {
        if (auto s = connection_->PutCopyData(encoder_.data()); !s.ok()) return s;
        encoder_.Clear();
      }
    }
  }
  encoder_.AppendTrailer();
  if (auto s = connection_->PutCopyData(encoder_.data()); !s.ok()) return s;
  return connection_->EndCopy();
}

absl::Status BatchWriter::WriteLosses(const std::vector<Loss>& losses,
                                      std::optional<int64_t> next_unix_ns) {
  for (const Loss& loss : losses) {
    auto rows = FindCapture(*loss.capture);
    if (!rows.ok()) return rows.status();
    // The same loss may come again, and may have grown. The capture's row does
    // not know of this chunk yet: what is lost came after what it knows of.
    auto written = connection_->Query(
        absl::StrCat("INSERT INTO memmon.loss AS l (host_id, capture_row, cpu, first_sequence,"
                     " last_sequence, event_count, reason, after_time, before_time)"
                     " SELECT $1::integer, $2::integer, $3::smallint, $4::numeric, $5::numeric,"
                     " $6::bigint, $7::text, c.last_event_time, greatest(c.last_event_time, ",
                     next_unix_ns ? TimeSql(*next_unix_ns) : "NULL",
                     ") FROM memmon.capture c WHERE c.host_id = $1 AND c.capture_row = $2"
                     " ON CONFLICT (host_id, capture_row, cpu, first_sequence) DO UPDATE SET"
                     " last_sequence = greatest(l.last_sequence, excluded.last_sequence),"
                     " event_count = greatest(l.event_count, excluded.event_count),"
                     " before_time = excluded.before_time"),
        {absl::StrCat(rows->host_id), absl::StrCat(rows->capture_row),
         absl::StrCat(Column(loss.span.cpu)), absl::StrCat(loss.span.first),
         absl::StrCat(loss.span.last),
         // More than that no ring has lost; what a damaged one says of itself is not to stop the
         // others.
         absl::StrCat(std::min<uint64_t>(loss.event_count, INT64_MAX)), TextOf(loss.reason)});
    if (!written.ok()) return written.status();
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::WriteBooksAndCommit(const CaptureRows& rows, const Summary& summary,
                                              const LeftOut& left_out) {
  std::string values;
  for (const Span& span : summary.spans) {
    const auto found = left_out.find(span.cpu);
    absl::StrAppend(&values, values.empty() ? "" : ",", "(", Column(span.cpu), "::smallint,",
                    span.first, "::numeric,", span.last, "::numeric,",
                    found == left_out.end() ? 0 : found->second, "::bigint)");
  }
  const std::string capture =
      absl::StrCat("host_id = ", rows.host_id, " AND capture_row = ", rows.capture_row);
  // A range that continues another extends it, else it is new. What overlaps
  // a range that is there begins anew too: ranges may overlap, rows do not.
  std::string sql = absl::StrCat(
      "WITH span (cpu, first_sequence, last_sequence, left_out_count) AS (VALUES ", values,
      "), extended AS (UPDATE memmon.ingest_range r SET last_sequence = s.last_sequence,"
      " left_out_count = r.left_out_count + s.left_out_count"
      " FROM span s WHERE ",
      capture,
      " AND r.cpu = s.cpu AND r.last_sequence = s.first_sequence - 1"
      " RETURNING s.cpu)"
      " INSERT INTO memmon.ingest_range"
      " (host_id, capture_row, cpu, first_sequence, last_sequence, left_out_count) SELECT ",
      rows.host_id, ", ", rows.capture_row,
      ", s.* FROM span s WHERE s.cpu NOT IN (SELECT cpu FROM extended)"
      " ON CONFLICT (host_id, capture_row, cpu, first_sequence) DO UPDATE"
      " SET last_sequence = greatest(ingest_range.last_sequence, excluded.last_sequence),"
      " left_out_count = ingest_range.left_out_count + excluded.left_out_count;");
  if (summary.storable > 0) {
    absl::StrAppend(&sql, "UPDATE memmon.capture SET first_event_time = least(first_event_time, ",
                    TimeSql(summary.first_unix_ns),
                    "), last_event_time = greatest(last_event_time, ",
                    TimeSql(summary.last_unix_ns), ") WHERE ", capture, ";");
  }
  return connection_->Execute(sql + "COMMIT");
}

}  // namespace memmon::store
