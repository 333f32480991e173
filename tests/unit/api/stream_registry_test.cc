// SPDX-License-Identifier: Apache-2.0

#include "api/stream_registry.h"

#include <gtest/gtest.h>

#include "api/stream_reactor.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

using Stream = StreamReactor<v1::StreamEventsResponse>;

TEST(StreamRegistry, AdmitsAsManyStreamsAsThereIsMemoryFor) {
  Scheduler scheduler;
  StreamRegistry registry(3);
  const auto open = [&](size_t places) {
    return std::make_shared<Stream>(&scheduler, &registry, places);
  };
  const auto one = open(1);
  auto larger = open(2);
  EXPECT_TRUE(one->admitted());
  EXPECT_TRUE(larger->admitted());
  EXPECT_FALSE(open(1)->admitted());
  larger.reset();
  EXPECT_FALSE(open(3)->admitted());
  EXPECT_TRUE(open(2)->admitted());
}

}  // namespace
}  // namespace memmon::api
