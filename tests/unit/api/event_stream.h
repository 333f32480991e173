// SPDX-License-Identifier: Apache-2.0
//
// A made-up stream of events, and a client that checks that it gets all of it.

#ifndef MEMMON_TESTS_UNIT_API_EVENT_STREAM_H_
#define MEMMON_TESTS_UNIT_API_EVENT_STREAM_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "fakes/event_builder.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

// Numbers events of some CPUs, as the module would.
class Stream {
 public:
  // `loses`: some of it is LOST, which every filter lets pass.
  explicit Stream(std::shared_ptr<const model::Capture> capture = fakes::MakeCapture(),
                  bool loses = true)
      : capture_(std::move(capture)), loses_(loses) {}
  static Stream Whole() { return Stream(fakes::MakeCapture(), /*loses=*/false); }

  // `count` events, of whichever CPUs.
  model::SharedBatch Batch(size_t count) {
    std::vector<model::Event> events(count);
    for (model::Event& event : events) {
      const bool of_no_cpu = random_() % 50 == 0;
      event.kind = of_no_cpu ? model::EventKind::kResync : model::EventKind::kMmap;
      event.cpu = of_no_cpu ? model::kNoCpu : static_cast<uint16_t>(random_() % 4);
      event.sequence = next_.try_emplace(event.cpu, of_no_cpu ? 1 : 0).first->second++;
      event.tgid = 1 + static_cast<uint32_t>(random_() % 3);
      event.time_ns = ++time_ns_;
      if (loses_ && !of_no_cpu && random_() % 40 == 0) {
        event.kind = model::EventKind::kLost;
        event.lost_count = 1 + random_() % 5;
        next_[event.cpu] += event.lost_count - 1;
      }
    }
    issued_ += count;
    return fakes::MakeBatch(capture_, std::move(events));
  }
  size_t issued() const { return issued_; }
  const std::map<uint16_t, uint64_t>& next() const { return next_; }

 private:
  std::mt19937 random_{7};
  const std::shared_ptr<const model::Capture> capture_;
  const bool loses_;
  std::map<uint16_t, uint64_t> next_;
  uint64_t time_ns_ = 1'000;
  size_t issued_ = 0;
};

// A client that checks that each sub-stream comes without a hole or a double.
class Client {
 public:
  void Apply(const v1::StreamEventsResponse& message) {
    EXPECT_NE(message.resume_token(), "");
    token_ = message.resume_token();
    if (message.has_gap()) gap_ += message.gap().event_count();
    for (const auto& event : message.events()) {
      const uint64_t first = event.cpu() == model::kNoCpu ? 1 : 0;
      uint64_t& next = next_.try_emplace(static_cast<uint16_t>(event.cpu()), first).first->second;
      if (gap_ == 0) {
        EXPECT_EQ(event.sequence(), next) << "CPU " << event.cpu();
      } else {
        EXPECT_GE(event.sequence(), next) << "CPU " << event.cpu();
        skipped_ += event.sequence() - next;
      }
      const bool lost = event.kind() == v1::EVENT_KIND_LOST;
      next = event.sequence() + (lost ? event.lost_count() : 1);
      ++events_;
    }
  }
  const std::string& token() const { return token_; }
  size_t events() const { return events_; }
  uint64_t gap() const { return gap_; }
  uint64_t skipped() const { return skipped_; }
  const std::map<uint16_t, uint64_t>& next() const { return next_; }

 private:
  std::map<uint16_t, uint64_t> next_;
  std::string token_;
  size_t events_ = 0;
  uint64_t gap_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace memmon::api

#endif  // MEMMON_TESTS_UNIT_API_EVENT_STREAM_H_
