// SPDX-License-Identifier: Apache-2.0
//
// Hands every batch to every subscriber. The latest batches stay in one log
// (live/log.h) that all of them read, each from its own place: a slow one holds no
// memory, and one that stands still costs the others nothing. Whoever the log has
// left behind loses what is gone, is told how many events at their place, and
// disturbs nobody.
//
// Who lost its connection can go on where it was, as far as the log reaches,
// without a hole or a double.
//
// Thread safety: Take is the pump's; all else of Feed and Subscription, from any
// thread.
// Ownership: a Subscription must end before its Feed.

#ifndef MEMMON_LIVE_FEED_H_
#define MEMMON_LIVE_FEED_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "model/counters.h"
#include "model/position.h"
#include "model/sink.h"

namespace memmon::live {

struct FeedOptions {
  // Events that may come while a subscriber reads nothing, before it loses any; or
  // one batch, where that is more. As history_events, where it began with these.
  size_t queue_events = 65'536;
  // A subscriber is woken again when so many wait.
  size_t wake_events = 2'048;
  // How far back a resumption may begin. Both together stay in memory, for all
  // subscribers as one: about 150 bytes an event. A batch counts as a few more, for
  // what it takes by itself.
  size_t history_events = 65'536;
};

struct Delivery {
  // Events that were lost to this subscriber before `batch`.
  uint64_t gap_events = 0;
  model::SharedBatch batch;                       // never null
  std::shared_ptr<const model::Position> before;  // never null: where `batch` begins
  // Where the lost ones begin; null where none were.
  std::shared_ptr<const model::Position> gap_begin;
};

class Subscription {
 public:
  virtual ~Subscription() = default;
  // The next batch, or nothing when none waits; never blocks.
  virtual std::optional<Delivery> Next() = 0;
  // Events that wait.
  virtual size_t waiting() const = 0;
  // Where the first batch of Subscribe's will begin; null where none had come before it.
  virtual std::shared_ptr<const model::Position> begin() const { return nullptr; }
};

// A subscription that begins when Join says so.
class Resumption : public Subscription {
 public:
  struct Begin {
    bool joined = false;
    // Where memory begins; nothing while it is empty.
    std::shared_ptr<const model::Position> memory;
  };
  // Begins with the batch that holds what comes after `from`; it may hold
  // events before it, too. Where memory does not reach back so far: not at all,
  // or, with `even_late`, with all that is there. Once it has begun, never
  // again.
  virtual Begin Join(const model::Position& from, bool even_late) = 0;
};

class Feed : public model::Sink {
 public:
  explicit Feed(FeedOptions options = {});
  ~Feed() override;

  void Take(const model::SharedBatch& batch) override;

  // What comes from now on. How many may subscribe is for the caller to say. `wake` is
  // called, from the pump's thread, when a batch was put into an empty queue, and when
  // wake_events came to wait; it must be quick and must not call back into the feed. No
  // call of `wake` begins after the Subscription's destructor has returned: the
  // destructor waits for one that is running, so it must not be called while holding a
  // lock that `wake` takes.
  std::unique_ptr<Subscription> Subscribe(std::function<void()> wake);
  // The same, but nothing comes before Join.
  std::unique_ptr<Resumption> Resume(std::function<void()> wake);

  // Of the batch that came last; null before the first.
  std::shared_ptr<const model::Capture> capture() const;
  size_t subscriber_count() const;
  // Of all subscribers, past and present, together. What still waited when one
  // left counts as dropped.
  model::HopCounters counters() const;

 private:
  struct State;
  class Member;
  std::unique_ptr<Member> NewMember(std::function<void()> wake);
  std::shared_ptr<State> state_;
};

}  // namespace memmon::live

#endif  // MEMMON_LIVE_FEED_H_
