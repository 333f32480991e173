// SPDX-License-Identifier: Apache-2.0
//
// A feed with a store behind it, and a client that reads, goes, and comes back with a token.
//
// Thread safety: one thread, but for what the feed and the store are.

#ifndef MEMMON_TESTS_UNIT_API_CATCH_UP_FIXTURE_H_
#define MEMMON_TESTS_UNIT_API_CATCH_UP_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/catch_up.h"
#include "api/event_producer.h"
#include "api/resume_token.h"
#include "event_stream.h"
#include "fakes/fake_store.h"
#include "message_reader.h"

namespace memmon::api {

// What memmond is to a client: events go to memory, and then to the store.
class CatchUpTest : public testing::Test {
 protected:
  explicit CatchUpTest(live::FeedOptions options = {.history_events = 1'000})
      : options_(options), feed_(std::make_unique<live::Feed>(options)) {}

  void Take(const model::SharedBatch& batch) {
    feed_->Take(batch);
    store_.Take(batch);
  }
  // What is being read holds up no end.
  void TearDown() override { store_.SetStandsStill(false); }
  // Another memmond on the same store.
  void Restart() { feed_ = std::make_unique<live::Feed>(options_); }

  std::function<void()> Waker() {
    return [this] {
      const std::lock_guard lock(mutex_);
      woken_ = true;
      changed_.notify_all();
    };
  }
  std::unique_ptr<EventProducer> Producer(const std::string& token = "",
                                          EventStreamOptions options = {}) {
    if (token.empty()) {
      return std::make_unique<EventProducer>(feed_->Subscribe(Waker()), std::move(options));
    }
    options.resume = *DecodeResumeToken(token, "");
    auto resumption = feed_->Resume(Waker());
    auto catch_up =
        std::make_unique<CatchUp>(resumption.get(), backfills_.Open(Waker()), kMaxEventsPerMessage);
    return std::make_unique<EventProducer>(std::move(resumption), std::move(options),
                                           std::move(catch_up));
  }
  // The next message, as the scheduler would have it; false where none comes for
  // ten seconds.
  bool Read(EventProducer* producer, v1::StreamEventsResponse* message) {
    for (;;) {
      auto again = Clock::time_point::max();
      {
        const std::lock_guard lock(mutex_);
        woken_ = false;
      }
      if (ReadNext(producer, true, message, &again)) return true;
      std::unique_lock lock(mutex_);
      const auto limit = std::min(again, Clock::now() + std::chrono::seconds(10));
      const bool woken = changed_.wait_until(lock, limit, [this] { return woken_; });
      if (!woken && again == Clock::time_point::max()) return false;
    }
  }
  // A stream whose client has its first hundred events.
  std::unique_ptr<EventProducer> Begin() {
    auto producer = Producer();
    Take(stream_.Batch(100));
    EXPECT_TRUE(Read(producer.get(), &message_));
    client_.Apply(message_);
    return producer;
  }
  // Until the client has all that was issued.
  void ReadAll(EventProducer* producer) {
    while (client_.next() != stream_.next() && Read(producer, &message_)) client_.Apply(message_);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;  // guarded by mutex_
  const live::FeedOptions options_;
  std::unique_ptr<live::Feed> feed_;
  fakes::FakeStore store_;
  Backfills backfills_{&store_};
  std::vector<std::unique_ptr<live::Resumption>> resumptions_;
  std::vector<std::unique_ptr<CatchUp>> catch_ups_;
  Stream stream_;
  Client client_;
  v1::StreamEventsResponse message_;
};

}  // namespace memmon::api

#endif  // MEMMON_TESTS_UNIT_API_CATCH_UP_FIXTURE_H_
