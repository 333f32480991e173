// SPDX-License-Identifier: Apache-2.0
//
// Pages of stored events for streams that were resumed, read on a thread of
// their own: gRPC's threads never wait for the database, and since they are read
// one after the other, however many streams there are, calls about the past have
// connections left.
//
// A page is no longer than a message, and a stream asks for one when the message
// before was sent. So whoever stands still holds none, however many do, and no
// more than kMaxPages are there at once.
//
// Thread safety: Backfills, from any thread; a Backfill, one thread at a time.
// Ownership: a Backfill must end before its Backfills, which waits for the page
// that is being read, and reads no other.

#ifndef MEMMON_API_BACKFILL_H_
#define MEMMON_API_BACKFILL_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "api/scheduler.h"
#include "api/worker_pool.h"
#include "store/store.h"

namespace memmon::api {

// A page that was asked for.
struct BackfillAnswer {
  absl::StatusOr<store::BackfillPage> page;
  // All that memmond had received before it was read was stored, or lost.
  bool nothing_waits = false;
};

class Backfills;

// One stream's pages.
class Backfill {
 public:
  ~Backfill();

  // Begins to read; `wake` is called when Take has it. False where too many
  // pages are held: try again later. What was asked for before is given up.
  bool Ask(const store::BackfillQuery& query);
  // What was asked for, which is not held any more; nothing while it is being read.
  std::optional<BackfillAnswer> Take();
  // When a page was last read, of any stream: who waits for its turn sees that it will come.
  Clock::time_point last_read() const;

 private:
  friend class Backfills;
  struct Slot;
  Backfill(Backfills* backfills, std::function<void()> wake);
  void GiveBack();

  Backfills* const backfills_;
  const std::function<void()> wake_;
  std::shared_ptr<Slot> slot_;  // null: no page is held
};

class Backfills {
 public:
  static constexpr size_t kMaxPages = 8;
  // Those of streams that ended count until their turn comes.
  static constexpr size_t kMaxWaiting = 1'000;

  // `store` must outlive it.
  explicit Backfills(store::Store* store);

  // `wake`: from any thread; it may outlive the Backfill, not Backfills.
  std::unique_ptr<Backfill> Open(std::function<void()> wake);

 private:
  friend class Backfill;
  store::Store* const store_;
  std::atomic<size_t> pages_ = 0;
  std::atomic<Clock::time_point> last_read_ = Clock::time_point::min();
  WorkerPool workers_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_BACKFILL_H_
