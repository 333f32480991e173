// SPDX-License-Identifier: Apache-2.0
//
// Keeps memmon's tables to their space, on a thread and a connection of its
// own: makes partitions before their day comes, adds up hours that are over
// (sql/migrations/0008), drops days that are too old or too many, forgets processes
// and captures of which nothing is left, and looks how much there is. The writer
// never waits for it longer than `lock_limit`, also where somebody reads a day that
// is to go: then the day stays, and goes in a later round. (Only who writes events
// of an hour that is being added up just then waits until it is.)
//
// What goes, in this order:
// - days of events older than keep_days, days of minutes older than
//   keep_rollup_days, hours and days of processes older than keep_coarse_days;
// - while all tables together take more than keep_bytes: the oldest day of minutes
//   where all but the events takes more than half of that, then the oldest day of
//   events;
// - never a day that is not over. What is too old is told from the day of the newest event
//   where today is later, and today is not at once a day that came by a leap (steady_day.h), nor
//   where memmond begins anew after one (memmon.believed_day): a clock may be wrong. Where the
//   tables still take more than keep_bytes, full() says so, and the writer leaves further events
//   to the rollups.
//
// Several memmonds may share a database: one of them at a time drops, and the
// narrowest limit wins.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_HOUSEKEEPER_H_
#define MEMMON_STORE_HOUSEKEEPER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/connection.h"
#include "store/partitions.h"
#include "store/space.h"
#include "store/steady_day.h"

namespace memmon::store {

struct HousekeeperOptions {
  std::string conninfo;
  SpaceLimits limits;
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds connect_limit{5'000};
  std::chrono::milliseconds lock_limit{50};
};

class Housekeeper {
 public:
  explicit Housekeeper(HousekeeperOptions options);
  ~Housekeeper();

  // The schema is there: does a round now, and from then on one an interval.
  void Begin();

  SpaceStatus status() const;
  bool full() const { return full_; }

 private:
  void Run();
  absl::Status Round();
  absl::StatusOr<int64_t> Today(Connection& connection);
  // The day to drop by, where the clock tells `today`; it is kept for the next round.
  absl::StatusOr<int64_t> BelievedDay(Connection& connection, int64_t today);
  // Of the newest event of all hosts, but not later than that.
  absl::StatusOr<int64_t> NewestDay(Connection& connection, int64_t believed);
  absl::StatusOr<uint64_t> Size(Connection& connection);
  absl::Status RollUp(Connection& connection);
  // By the day that is believed: none that is not over, and all of these though one fails.
  absl::Status DropByAge(Connection& connection, int64_t believed);
  absl::Status DropBySize(Connection& connection, int64_t believed);
  absl::Status DropOld(Connection& connection, const std::string& table, int64_t first_day);
  absl::Status DropOldCoarse(Connection& connection, int64_t first_day);
  // `size`, of all tables, is what is left.
  absl::Status DropToSize(Connection& connection, const std::string& table,
                          const Partition& partition, uint64_t* size);
  // Whether the day is gone; not where it is in use.
  absl::StatusOr<bool> Drop(Connection& connection, const std::string& table,
                            const Partition& partition, const std::string& reason);
  absl::Status Forget(Connection& connection);
  absl::Status Look(Connection& connection);
  absl::StatusOr<std::optional<int64_t>> OldestTime(Connection& connection,
                                                    const std::string& table,
                                                    const std::string& column);
  void SetFull(bool full, uint64_t size_bytes);

  const HousekeeperOptions options_;
  StopSwitch stop_;
  std::atomic<bool> full_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool begun_ = false;   // guarded by mutex_
  bool closed_ = false;  // guarded by mutex_
  SpaceStatus status_;   // guarded by mutex_

  // The thread's.
  std::optional<std::chrono::steady_clock::time_point> looked_at_;  // at the day
  std::string problem_;                                             // as it was logged last
  std::string forgotten_until_;                                // oldest day, when that was done
  std::map<std::string, std::pair<int64_t, int64_t>> oldest_;  // table: day, time
  std::thread thread_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_HOUSEKEEPER_H_
