// SPDX-License-Identifier: Apache-2.0

#include "config/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "config/config.h"
#include "model/event.h"

namespace memmon::config {
namespace {

TEST(Memory, TheDefaultHasRoomForWhatTheDocumentsPromise) {
  const MemoryShares shares = ShareMemory(kDefaultMemoryBytes);
  EXPECT_GE(shares.queue_events, 1'450'000u);
  EXPECT_GE(shares.streams, 256u);
  EXPECT_GE(shares.processes, 60'000u);
}

TEST(Memory, MoreIsMoreOfEachAndTheLeastIsSome) {
  const MemoryShares least = ShareMemory(kLeastMemoryBytes);
  const MemoryShares more = ShareMemory(2 * kLeastMemoryBytes);
  EXPECT_GE(least.streams, 16u);
  EXPECT_GE(least.processes, 4'000u);
  EXPECT_GT(more.queue_events, least.queue_events);
  EXPECT_GT(more.queue_batches, least.queue_batches);
  EXPECT_GT(more.streams, least.streams);
  EXPECT_GT(more.processes, least.processes);
  EXPECT_GT(more.transport_bytes, least.transport_bytes);
}

// Of the two bounds on what waits for PostgreSQL, both reached at once.
TEST(Memory, TheQueueFitsIntoItsShare) {
  for (const uint64_t bytes : {kLeastMemoryBytes, kDefaultMemoryBytes, 8 * kDefaultMemoryBytes}) {
    const MemoryShares shares = ShareMemory(bytes);
    EXPECT_LT(shares.queue_events * sizeof(model::Event) + shares.queue_batches * 300, bytes / 2);
  }
}

// systemd must not press on what keeps to its bound; and a memmond that does not is
// held, and then stopped.
TEST(Memory, TheUnitLeavesRoomForIt) {
  std::ifstream unit(MEMMON_UNIT_FILE);
  std::map<std::string, uint64_t> bytes;
  for (std::string line; std::getline(unit, line);) {
    for (const char* key : {"MemoryHigh=", "MemoryMax="}) {
      if (!line.starts_with(key)) continue;
      ASSERT_TRUE(line.ends_with("M")) << line;
      bytes[key] = std::stoull(line.substr(line.find('=') + 1)) << 20;
    }
  }
  EXPECT_GE(bytes["MemoryHigh="], kDefaultMemoryBytes + kDefaultMemoryBytes / 8);
  EXPECT_GT(bytes["MemoryMax="], bytes["MemoryHigh="]);
}

TEST(Memory, IsASetting) {
  const auto parse = [](const char* value) {
    const char* argv[] = {"memmond", "--memory", value};
    return Parse(3, argv, {});
  };
  EXPECT_EQ(parse("512M")->config.memory, uint64_t{512} << 20);
  const auto little = parse("255M");
  EXPECT_NE(little.status().message().find("give 256M or more"), std::string::npos);
}

}  // namespace
}  // namespace memmon::config
