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
  StreamRegistry registry(2);
  auto one = std::make_shared<Stream>(&scheduler, &registry);
  const auto two = std::make_shared<Stream>(&scheduler, &registry);
  EXPECT_TRUE(one->admitted());
  EXPECT_TRUE(two->admitted());
  EXPECT_FALSE(std::make_shared<Stream>(&scheduler, &registry)->admitted());
  one.reset();
  EXPECT_TRUE(std::make_shared<Stream>(&scheduler, &registry)->admitted());
}

}  // namespace
}  // namespace memmon::api
