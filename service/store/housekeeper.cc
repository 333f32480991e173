// SPDX-License-Identifier: Apache-2.0

#include "store/housekeeper.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "store/session.h"

namespace memmon::store {
namespace {

// Days that are there before they come: a weekend without memmond costs none.
constexpr int kDaysAhead = 3;

// Only who drops takes this lock; "house" in ASCII.
constexpr char kTryLock[] = "SELECT pg_try_advisory_lock(x'686f757365'::bigint)";

// A day that is in use is tried so often before it is left to the next round.
constexpr int kTries = 5;
constexpr std::chrono::milliseconds kBetweenTries{200};

// Hours that are added up in a round: of a host that is new to this, twenty days.
constexpr int kHoursPerRound = 500;

absl::StatusOr<int64_t> OneNumber(const absl::StatusOr<Connection::Rows>& rows) {
  if (!rows.ok()) return rows.status();
  int64_t number = 0;
  if (rows->size() != 1 || !absl::SimpleAtoi((*rows)[0][0], &number)) {
    return absl::InternalError("a number was expected from PostgreSQL");
  }
  return number;
}

}  // namespace

Housekeeper::Housekeeper(HousekeeperOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { Run(); });
}

Housekeeper::~Housekeeper() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  stop_.Stop();
  thread_.join();
}

void Housekeeper::Begin() {
  {
    std::lock_guard lock(mutex_);
    if (begun_) return;
    begun_ = true;
  }
  changed_.notify_all();
}

SpaceStatus Housekeeper::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void Housekeeper::Run() {
  base::NameThisThread("memmon-space");
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return begun_ || closed_; });
  while (!closed_) {
    lock.unlock();
    const absl::Status status = Round();
    // What the writer cannot do either, it says.
    const std::string problem =
        status.ok() || absl::IsUnavailable(status) ? "" : std::string(status.message());
    if (!problem.empty() && problem != problem_ && !stop_.stopped()) {
      base::LogWarning("space", {{"problem", problem}});
    }
    problem_ = problem;
    lock.lock();
    changed_.wait_for(lock, options_.interval, [this] { return closed_; });
  }
}

absl::Status Housekeeper::Round() {
  auto opened = Connection::Open(options_.conninfo, options_.connect_limit, &stop_);
  if (!opened.ok()) return opened.status();
  Connection& connection = **opened;
  if (auto s = connection.Execute(kSession); !s.ok()) return s;
  auto today = Today(connection);
  if (!today.ok()) return today.status();
  for (int64_t day = *today; day <= *today + kDaysAhead; ++day) {
    if (auto s = MakeDay(connection, day); !s.ok()) return s;
  }
  auto locked = connection.QueryLast(kTryLock);
  if (!locked.ok()) return locked.status();
  if ((*locked)[0][0] == "t") {
    auto believed = BelievedDay(connection, *today);
    absl::Status status = believed.status();
    // Each also where what was before it failed: a disk that is full has room for it afterwards.
    const auto then = [&](const auto& step) {
      if (!connection.broken()) status.Update(step());
    };
    then([&] { return RollUp(connection); });
    // Where it cannot be asked for, as before there was such a table.
    const int64_t day = believed.value_or(*today);
    for (const auto drop : {&Housekeeper::DropByAge, &Housekeeper::DropBySize}) {
      then([&] { return (this->*drop)(connection, day); });
    }
    then([&] { return Forget(connection); });
    if (!status.ok()) return status;
  }
  return Look(connection);
}

absl::Status Housekeeper::DropByAge(Connection& connection, int64_t believed) {
  const SpaceLimits& limits = options_.limits;
  auto newest = NewestDay(connection, believed);
  if (!newest.ok()) return newest.status();
  absl::Status status;
  if (limits.keep_days > 0) {
    status.Update(DropOld(connection, kEventTable, *newest - limits.keep_days));
  }
  if (limits.keep_rollup_days > 0 && !connection.broken()) {
    status.Update(DropOld(connection, kMinuteTable, *newest - limits.keep_rollup_days));
  }
  if (limits.keep_rollup_days > 0 && limits.keep_coarse_days > 0 && !connection.broken()) {
    status.Update(DropOldCoarse(
        connection, *newest - std::max(limits.keep_rollup_days, limits.keep_coarse_days)));
  }
  return status;
}

absl::StatusOr<int64_t> Housekeeper::Today(Connection& connection) {
  return OneNumber(
      connection.QueryLast("SELECT (now() AT TIME ZONE 'UTC')::date - date '1970-01-01'"));
}

absl::StatusOr<int64_t> Housekeeper::BelievedDay(Connection& connection, int64_t today) {
  const auto now = std::chrono::steady_clock::now();
  const auto since_own = now - std::exchange(looked_at_, now).value_or(now);
  auto rows = connection.QueryLast(
      "SELECT day - date '1970-01-01', stood_seconds,"
      " greatest(0, floor(extract(epoch FROM now() - looked_at)))::bigint"
      " FROM memmon.believed_day");
  if (!rows.ok()) return rows.status();
  const bool is_kept = !rows->empty();
  int64_t stood = 0;
  int64_t since_any = 0;
  SteadyDay steady{today};
  if (is_kept &&
      !(absl::SimpleAtoi((*rows)[0][0], &steady.day) && absl::SimpleAtoi((*rows)[0][1], &stood) &&
        absl::SimpleAtoi((*rows)[0][2], &since_any))) {
    return absl::InternalError("a number was expected from PostgreSQL");
  }
  steady.stood = std::chrono::seconds(stood);
  const SteadyDay before = steady;
  // What another memmond has added is not added again. The leap itself is in the server's own time
  // since then, but not in this one's.
  steady.Look(today, std::min(std::chrono::duration_cast<std::chrono::seconds>(since_own),
                              std::chrono::seconds(since_any)));
  if (is_kept && steady == before) return steady.day;
  auto kept = connection.Execute(absl::StrCat(
      "INSERT INTO memmon.believed_day (day, stood_seconds) VALUES (date '1970-01-01' + ",
      steady.day, ", ", steady.stood.count(),
      ") ON CONFLICT (only_one) DO UPDATE SET day = excluded.day,"
      " stood_seconds = excluded.stood_seconds, looked_at = excluded.looked_at"));
  // A full disk keeps nothing, and is why days are to go.
  if (!kept.ok() && !connection.broken()) {
    base::LogWarning("space", {{"problem", std::string(kept.message())}});
  }
  return steady.day;
}

absl::StatusOr<int64_t> Housekeeper::NewestDay(Connection& connection, int64_t believed) {
  auto day = OneNumber(connection.QueryLast(
      absl::StrCat("SELECT coalesce((max(last_event_time) AT TIME ZONE 'UTC')::date"
                   " - date '1970-01-01', ",
                   believed, ") FROM memmon.capture")));
  if (!day.ok()) return day.status();
  return std::min(believed, *day);
}

absl::StatusOr<uint64_t> Housekeeper::Size(Connection& connection) {
  return OneNumber(connection.QueryLast(
      "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
      " WHERE relnamespace = 'memmon'::regnamespace AND relkind IN ('r', 'm')"));
}

absl::Status Housekeeper::RollUp(Connection& connection) {
  for (int hours = 0; hours < kHoursPerRound; ++hours) {
    auto hour = connection.QueryLast("SELECT memmon.roll_up_next() IS NULL");
    if (!hour.ok()) return hour.status();
    if ((*hour)[0][0] == "t") break;
  }
  return absl::OkStatus();
}

absl::Status Housekeeper::DropOldCoarse(Connection& connection, int64_t first_day) {
  auto dropped = OneNumber(connection.QueryLast(
      absl::StrCat("SELECT memmon.drop_coarse(date '1970-01-01' + ", first_day, ")")));
  if (!dropped.ok()) return dropped.status();
  if (*dropped > 0) forgotten_until_.clear();
  return absl::OkStatus();
}

absl::Status Housekeeper::DropOld(Connection& connection, const std::string& table,
                                  int64_t first_day) {
  auto partitions = ListPartitions(connection, table);
  if (!partitions.ok()) return partitions.status();
  for (const Partition& partition : *partitions) {
    if (partition.day >= first_day) break;
    auto dropped = Drop(connection, table, partition, "age");
    if (!dropped.ok()) return dropped.status();
  }
  return absl::OkStatus();
}

absl::Status Housekeeper::DropBySize(Connection& connection, int64_t believed) {
  const uint64_t most = options_.limits.keep_bytes;
  if (most == 0) return absl::OkStatus();
  auto size = Size(connection);
  if (!size.ok()) return size.status();
  auto events = ListPartitions(connection, kEventTable);
  if (!events.ok()) return events.status();
  uint64_t event_bytes = 0;
  for (const Partition& partition : *events) event_bytes += partition.bytes;

  auto minutes = ListPartitions(connection, kMinuteTable);
  if (!minutes.ok()) return minutes.status();
  // The rollups are to outlive the events, but leave half of the space to them.
  absl::Status status;
  for (const Partition& partition : *minutes) {
    const bool events_have_half = *size - std::min(*size, event_bytes) <= most / 2;
    if (*size <= most || events_have_half || partition.day >= believed) break;
    status = DropToSize(connection, kMinuteTable, partition, &*size);
    if (connection.broken()) return status;
    if (!status.ok()) break;  // days of events need no room to go
  }
  for (const Partition& partition : *events) {
    if (*size <= most || partition.day >= believed) break;
    if (auto s = DropToSize(connection, kEventTable, partition, &*size); !s.ok()) return s;
  }
  SetFull(*size > most, *size);
  return status;
}

// Sizes are asked for anew: what a day takes is not all that goes with it.
absl::Status Housekeeper::DropToSize(Connection& connection, const std::string& table,
                                     const Partition& partition, uint64_t* size) {
  auto dropped = Drop(connection, table, partition, "size");
  if (!dropped.ok()) return dropped.status();
  if (!*dropped) return absl::OkStatus();
  auto left = Size(connection);
  if (!left.ok()) return left.status();
  *size = *left;
  return absl::OkStatus();
}

absl::StatusOr<bool> Housekeeper::Drop(Connection& connection, const std::string& table,
                                       const Partition& partition, const std::string& reason) {
  absl::StatusOr<bool> dropped = false;
  for (int tries = 0; tries < kTries; ++tries) {
    if (tries > 0) {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, kBetweenTries, [this] { return closed_; })) return false;
    }
    dropped = DropDay(connection, table, partition.day, options_.lock_limit);
    if (dropped.ok() || connection.broken() || !absl::IsUnavailable(dropped.status())) break;
  }
  if (dropped.ok() && *dropped) {
    forgotten_until_.clear();
    base::LogInfo("space", {{"dropped", table},
                            {"day", DayText(partition.day)},
                            {"bytes", std::to_string(partition.bytes)},
                            {"reason", reason}});
  }
  if (!absl::IsUnavailable(dropped.status()) || connection.broken()) return dropped;
  base::LogInfo("space", {{"waits", table},
                          {"day", DayText(partition.day)},
                          {"reason", std::string(dropped.status().message())}});
  return false;
}

absl::Status Housekeeper::Forget(Connection& connection) {
  auto oldest = connection.QueryLast("SELECT memmon.oldest_day()");
  if (!oldest.ok()) return oldest.status();
  const std::string& day = (*oldest)[0][0];
  if (day == forgotten_until_) return absl::OkStatus();
  auto forgotten = connection.QueryLast("SELECT memmon.forget()");
  if (!forgotten.ok()) return forgotten.status();
  if (auto cgroups = connection.QueryLast("SELECT memmon.forget_cgroups()"); !cgroups.ok()) {
    return cgroups.status();
  }
  const std::string& processes = (*forgotten)[0][0];
  forgotten_until_ = day;
  if (processes != "0") {
    base::LogInfo("space", {{"forgotten_processes", processes}, {"before", day}});
  }
  return absl::OkStatus();
}

absl::Status Housekeeper::Look(Connection& connection) {
  auto size = Size(connection);
  if (!size.ok()) return size.status();
  auto event = OldestTime(connection, kEventTable, "event_time");
  if (!event.ok()) return event.status();
  auto minute = OldestTime(connection, kMinuteTable, "minute");
  if (!minute.ok()) return minute.status();
  std::lock_guard lock(mutex_);
  status_.size_bytes = *size;
  status_.oldest_event_unix_ns = *event;
  status_.oldest_rollup_unix_ns = *minute;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<int64_t>> Housekeeper::OldestTime(Connection& connection,
                                                               const std::string& table,
                                                               const std::string& column) {
  constexpr int64_t kSecondsPerDay = 86'400;
  auto partitions = ListPartitions(connection, table);
  if (!partitions.ok()) return partitions.status();
  for (const Partition& partition : *partitions) {
    const auto known = oldest_.find(table);
    if (known != oldest_.end() && known->second.first == partition.day) return known->second.second;
    // From its beginning on in growing steps, so that BRIN finds it, and no
    // day is read as a whole but an empty one.
    const int64_t begin = partition.day * kSecondsPerDay;
    for (int64_t seconds = 60;; seconds *= 8) {
      auto found = connection.QueryLast(
          absl::StrCat("SELECT coalesce((extract(epoch FROM min(", column,
                       ")) * 1000000)::bigint, 0) FROM memmon.", table, " WHERE ", column,
                       " >= to_timestamp(", begin, ") AND ", column, " < to_timestamp(",
                       begin + std::min(seconds, kSecondsPerDay), ")"));
      auto us = OneNumber(found);
      if (!us.ok()) return us.status();
      if (*us != 0) {
        oldest_[table] = {partition.day, *us * 1'000};
        return *us * 1'000;
      }
      if (seconds >= kSecondsPerDay) break;
    }
  }
  return std::nullopt;
}

void Housekeeper::SetFull(bool full, uint64_t size_bytes) {
  if (full_.exchange(full) == full) return;
  {
    std::lock_guard lock(mutex_);
    status_.full = full;
  }
  if (full) {
    base::LogWarning("space", {{"state", "full"},
                               {"bytes", std::to_string(size_bytes)},
                               {"keep_bytes", std::to_string(options_.limits.keep_bytes)},
                               {"problem",
                                "no older day of events is left; further ones are in the rollups "
                                "alone. Give more --keep-bytes, keep less of each day with "
                                "--store filtered, or rollups for fewer days"}});
  } else {
    base::LogInfo("space", {{"state", "room again"}, {"bytes", std::to_string(size_bytes)}});
  }
}

}  // namespace memmon::store
