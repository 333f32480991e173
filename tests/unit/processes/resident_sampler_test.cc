// SPDX-License-Identifier: Apache-2.0

#include "processes/resident_sampler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fakes/event_builder.h"

namespace memmon::processes {
namespace {

using model::Event;
using model::EventKind;
using std::chrono::hours;
using std::chrono::milliseconds;

class Reader : public ProcessInfoReader {
 public:
  absl::StatusOr<ProcessInfo> Read(const model::ProcessKey&) override {
    return absl::NotFoundError("not asked for here");
  }
  uint64_t ReadResidentBytes(uint32_t tgid) override {
    ++reads;
    return tgid == 3 ? 0 : pages * 4'096 * tgid;
  }
  absl::StatusOr<AddressSpace> ReadAddressSpace(const model::ProcessKey&) override {
    return absl::NotFoundError("not asked for here");
  }
  std::atomic<uint64_t> reads = 0;
  std::atomic<uint64_t> pages = 1;
};

class ResidentSamplerTest : public testing::Test {
 protected:
  ResidentSamplerTest() {
    std::vector<Event> events(3);
    for (uint32_t i = 0; i < events.size(); ++i) {
      events[i].kind = EventKind::kBaseline;
      events[i].tgid = i + 1;
      events[i].start_ns = 5;
    }
    Take(events);
  }
  void Take(const std::vector<Event>& events) { table_.Take(fakes::MakeBatch(capture_, events)); }
  // Without a look.
  uint64_t Resident(uint32_t tgid) const { return table_.Get({{tgid, 5}}).at(0).resident_bytes; }

  const std::shared_ptr<const model::Capture> capture_ = fakes::MakeCapture();
  ProcessTable table_;
  Reader reader_;
};

TEST_F(ResidentSamplerTest, ReadsWhileSomebodyLooks) {
  ResidentSampler sampler(&table_, &reader_, milliseconds(1));
  while (table_.ChangesSince(0, 0), Resident(2) != 8'192) std::this_thread::yield();
  EXPECT_EQ(Resident(1), 4'096u);
  EXPECT_EQ(Resident(3), 0u);
  // What changes is a change, and told as one.
  const uint64_t revision = table_.ChangesSince(0, 0).revision;
  reader_.pages = 10;
  while (table_.ChangesSince(0, 0), Resident(2) != 81'920) std::this_thread::yield();
  EXPECT_EQ(table_.ChangesSince(1, revision).processes.size(), 2u);
}

TEST_F(ResidentSamplerTest, WhoAsksOnceWaitsForTheReading) {
  EXPECT_FALSE(table_.WaitForResident(hours(1))) << "nobody reads";
  ResidentSampler sampler(&table_, &reader_, hours(1));
  EXPECT_TRUE(table_.WaitForResident(hours(1)));
  EXPECT_EQ(Resident(2), 8'192u);
  // Another one need not wait.
  EXPECT_TRUE(table_.WaitForResident(milliseconds(0)));
}

// As where /proc shows each user their own processes alone.
TEST_F(ResidentSamplerTest, NobodyWaitsForWhatMayNotBeRead) {
  reader_.pages = 0;
  ResidentSampler sampler(&table_, &reader_, hours(1));
  EXPECT_TRUE(table_.WaitForResident(hours(1)));
  EXPECT_TRUE(table_.WaitForResident(hours(1)));
}

TEST_F(ResidentSamplerTest, ForgetsWhenNobodyLooksAnyMore) {
  ResidentSampler sampler(&table_, &reader_, milliseconds(1));
  while (table_.ChangesSince(0, 0), Resident(1) == 0) std::this_thread::yield();
  while (Resident(1) != 0) std::this_thread::yield();
  // And so it stays: nothing is read for nobody.
  const uint64_t reads = reader_.reads;
  std::this_thread::yield();
  EXPECT_EQ(reader_.reads, reads);
}

TEST_F(ResidentSamplerTest, ReadsOnceAnInterval) {
  ResidentSampler sampler(&table_, &reader_, hours(1));
  while (table_.ChangesSince(0, 0), Resident(2) == 0) std::this_thread::yield();
  for (int look = 0; look < 1'000; ++look) table_.ChangesSince(0, 0);
  EXPECT_EQ(reader_.reads, 3u);
}

TEST_F(ResidentSamplerTest, WhoHasEndedHasNothingInRam) {
  ResidentSampler sampler(&table_, &reader_, hours(1));
  while (table_.ChangesSince(0, 0), Resident(2) == 0) std::this_thread::yield();
  Event exit;
  exit.kind = EventKind::kExit;
  exit.tgid = 2;
  exit.start_ns = 5;
  exit.time_ns = 9;
  Take({exit});
  EXPECT_EQ(Resident(2), 0u);
  EXPECT_EQ(Resident(1), 4'096u);
}

}  // namespace
}  // namespace memmon::processes
