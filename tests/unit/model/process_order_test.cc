// SPDX-License-Identifier: Apache-2.0

#include "model/process_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "model/process_filter.h"

namespace memmon::model {
namespace {

Process Make(uint32_t tgid, uint64_t bytes, const std::string& name = "x") {
  Process process;
  process.key = {tgid, 10};
  process.held_bytes = bytes;
  process.virtual_size_bytes = 1'000 - bytes;
  process.requested_bytes = bytes * bytes;
  process.mmap_count = 100 - bytes;
  process.name = name;
  process.uid = tgid % 3;
  process.cgroup_id = tgid % 2;
  return process;
}

std::vector<uint32_t> Tgids(const std::vector<Process>& processes) {
  std::vector<uint32_t> tgids;
  for (const Process& process : processes) tgids.push_back(process.key.tgid);
  return tgids;
}

std::vector<uint32_t> Ordered(ProcessOrder order) {
  std::vector<Process> processes = {Make(4, 5, "b"), Make(2, 9, "c"), Make(3, 5, "B"),
                                    Make(1, 0, "a")};
  EXPECT_FALSE(TakePage(order, std::nullopt, 10, &processes));
  return Tgids(processes);
}

TEST(ProcessOrder, TheLargestFirstAndTheKeySettlesTies) {
  EXPECT_EQ(Ordered(ProcessOrder::kHeld), (std::vector<uint32_t>{2, 3, 4, 1}));
  EXPECT_EQ(Ordered(ProcessOrder::kVirtualSize), (std::vector<uint32_t>{1, 3, 4, 2}));
  EXPECT_EQ(Ordered(ProcessOrder::kRequested), (std::vector<uint32_t>{2, 3, 4, 1}));
  EXPECT_EQ(Ordered(ProcessOrder::kMmapCount), (std::vector<uint32_t>{1, 3, 4, 2}));
  EXPECT_EQ(Ordered(ProcessOrder::kName), (std::vector<uint32_t>{3, 1, 4, 2}));
  EXPECT_EQ(Ordered(ProcessOrder::kTgid), (std::vector<uint32_t>{1, 2, 3, 4}));
}

TEST(ProcessOrder, PagesGiveEachProcessOnceWhileOthersMove) {
  for (const size_t size : {1, 3, 7, 100}) {
    std::vector<uint32_t> seen;
    std::optional<ProcessPlace> after;
    int page_number = 0;
    do {
      std::vector<Process> processes;
      for (uint32_t tgid = 1; tgid <= 30; ++tgid) processes.push_back(Make(tgid, tgid % 5));
      // New ones come at both ends, and one runs back and forth.
      processes.push_back(Make(1'000 + page_number, 99));
      processes.push_back(Make(2'000, page_number % 2 == 0 ? 99 : 0));
      after = TakePage(ProcessOrder::kHeld, after, size, &processes);
      EXPECT_LE(processes.size(), size);
      for (const Process& process : processes) {
        if (process.key.tgid <= 30) seen.push_back(process.key.tgid);
      }
      ASSERT_LT(++page_number, 100);
    } while (after);
    EXPECT_EQ(seen.size(), 30u) << size;
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end()) << size;
  }
}

TEST(ProcessFilter, JoinsFieldsByAndAndValuesByOr) {
  const auto matching = [](const ProcessFilter& filter) {
    std::vector<uint32_t> tgids;
    for (const auto& [tgid, name] : {std::pair(1, "postgres"), std::pair(2, "post_man"),
                                     std::pair(3, "x"), std::pair(4, "postgres")}) {
      if (filter.Matches(Make(tgid, 0, name))) tgids.push_back(tgid);
    }
    return tgids;
  };
  using Tgids = std::vector<uint32_t>;
  EXPECT_EQ(matching({}), (Tgids{1, 2, 3, 4}));
  EXPECT_EQ(matching({.tgids = {2, 3}}), (Tgids{2, 3}));
  EXPECT_EQ(matching({.names = {"post*", "?"}}), (Tgids{1, 2, 3, 4}));
  EXPECT_EQ(matching({.names = {"post?man"}}), (Tgids{2}));
  EXPECT_EQ(matching({.uids = {1}}), (Tgids{1, 4}));
  EXPECT_EQ(matching({.cgroup_ids = {0}}), (Tgids{2, 4}));
  EXPECT_EQ(matching({.names = {"postgres"}, .uids = {1}, .cgroup_ids = {0}}), (Tgids{4}));
}

}  // namespace
}  // namespace memmon::model
