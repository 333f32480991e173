// SPDX-License-Identifier: Apache-2.0

#include "config/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "config/config.h"
#include "model/event.h"

namespace memmon::config {
namespace {

// What stands in a document at the one place that `pattern` describes: its groups, as numbers.
std::vector<uint64_t> Figures(const std::string& document, const std::string& pattern) {
  std::ifstream file(MEMMON_SOURCE_DIR "/" + document);
  std::string text(std::istreambuf_iterator<char>(file), {});
  // Lines may be broken anywhere.
  text = std::regex_replace(text, std::regex("\\s+"), " ");
  const std::regex place(pattern);
  std::vector<uint64_t> figures;
  for (std::sregex_iterator at(text.begin(), text.end(), place), end; at != end; ++at) {
    for (size_t group = 1; group < at->size(); ++group) {
      std::string digits = (*at)[group];
      std::erase(digits, ',');
      figures.push_back(std::stoull(digits));
    }
  }
  return figures;
}

// A figure of thousands is rounded down, to two digits or three.
uint64_t Rounded(uint64_t figure) {
  return figure - figure % (figure > 1'000'000 ? 50'000 : 10'000);
}

TEST(Memory, TheDefaultIsWhatTheDocumentsPromise) {
  using Numbers = std::vector<uint64_t>;
  const MemoryShares shares = ShareMemory(kDefaultMemoryBytes);
  const Numbers queue = {Rounded(shares.queue_events), Rounded(shares.queue_batches)};
  EXPECT_EQ(Figures("README.md",
                    "up to ([\\d,]+) events wait in memory \\(([\\d,]+) on a host so "
                    "quiet that each comes alone\\)"),
            queue);
  EXPECT_EQ(Figures("README.md", "with it (\\d+) streams are served at once, and ([\\d,]+) living"),
            (Numbers{shares.streams, Rounded(shares.processes)}));
  EXPECT_EQ(Figures("ARCHITECTURE.md",
                    "wait for PostgreSQL \\| ([\\d,]+) events, in ([\\d,]+) batches \\|"),
            queue);
  EXPECT_EQ(
      Figures("ARCHITECTURE.md", "stalled ones too \\| (\\d+); each [^|]+ counts as (\\d+) \\|"),
      (Numbers{shares.streams, 1 + shares.selection_places}));
  EXPECT_EQ(Figures("ARCHITECTURE.md", "\\| living processes \\| ([\\d,]+); "),
            Numbers{Rounded(shares.processes)});
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
