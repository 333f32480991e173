// SPDX-License-Identifier: Apache-2.0
//
// The spool as a queue: in order, there again after a restart, bounded, and
// honest about what found no room.

#include "store/spool.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <numeric>
#include <thread>

#include "fakes/slow_disk.h"
#include "spool_fixture.h"

namespace memmon::store {
namespace {

std::vector<uint64_t> Range(uint64_t first, uint64_t count) {
  std::vector<uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

TEST_F(SpoolTest, GivesBackInOrderAndThenNothingIsThere) {
  auto spool = Open();
  EXPECT_TRUE(spool->empty());
  const auto capture = SpoolCapture();
  for (uint64_t i = 0; i < 20; ++i)
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, i * 10, 10)).ok());
  EXPECT_FALSE(spool->empty());
  EXPECT_GT(Files().size(), 2u);
  EXPECT_EQ(spool->counters().waiting, 200u);
  EXPECT_FALSE(spool->full());
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(0, 200));
  EXPECT_TRUE(spool->empty());
  EXPECT_TRUE(Files().empty()) << "a well database leaves no file";
  EXPECT_EQ(spool->counters().out, 200u);
  ExpectLaw(*spool);
  // And on.
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 200, 10)).ok());
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(200, 10));
}

TEST_F(SpoolTest, AChunkIsOfOneEpochAndCaptureAndAtMostSoManyEvents) {
  auto spool = Open();
  const auto capture = SpoolCapture();
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 0, 3)).ok());
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 3, 3)).ok());
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 6, 3)).ok());
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 9, 3, 1)).ok());
  ASSERT_TRUE(spool->Append(ChunkOf(SpoolCapture(2), 0, 0, 3, 1)).ok());
  for (const size_t wanted : {6u, 3u, 3u, 3u}) {
    EXPECT_EQ(spool->Next(7).chunk.event_count, wanted);
    spool->Done(0);
  }
  EXPECT_TRUE(spool->empty());
}

TEST_F(SpoolTest, WhatWasNotConfirmedIsThereAgain) {
  const auto capture = SpoolCapture();
  uint64_t run = 0;
  {
    auto spool = Open();
    run = spool->run();
    for (uint64_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, i * 10, 10, 5)).ok());
    }
    ASSERT_EQ(spool->Next(10).chunk.event_count, 10u);
    spool->Done(0);
    ASSERT_EQ(spool->Next(10).chunk.event_count, 10u);
  }
  auto spool = Open();
  EXPECT_NE(spool->run(), run);
  EXPECT_EQ(spool->inherited(), 200u) << "of the first file nothing was removed yet";
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 200, 10, 5)).ok());
  auto taken = spool->Next(10);
  EXPECT_EQ(taken.run, run);
  EXPECT_EQ(taken.chunk.epoch, 5u);
  EXPECT_TRUE(SameCapture(*taken.chunk.capture, *capture));
  EXPECT_EQ(taken.chunk.capture->kernel_release, "6.1.0-spool");
  spool->Done(0);
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(10, 200));
  ExpectLaw(*spool);
}

TEST_F(SpoolTest, FullItDropsTheOldestAndSaysWhich) {
  auto spool = Open();
  const auto capture = SpoolCapture();
  constexpr uint64_t kCount = 2'000;
  for (uint64_t i = 0; i < kCount; i += 10) {
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, i, 10)).ok());
    uint64_t bytes = 0;
    for (const auto& file : Files()) bytes += ReadFile(file).size();
    ASSERT_LE(bytes, Options().bytes);
  }
  const auto counters = spool->counters();
  EXPECT_EQ(counters.in, kCount);
  EXPECT_GT(counters.dropped, 0u);
  EXPECT_GT(counters.waiting, 300u) << "no more goes than has to";
  EXPECT_TRUE(spool->full());
  ExpectLaw(*spool);
  const auto losses = spool->ledger().losses();
  ASSERT_EQ(losses.size(), 1u) << "one after the other is one row";
  EXPECT_EQ(losses[0].span, (Span{0, 0, counters.dropped - 1}));
  EXPECT_EQ(losses[0].event_count, counters.dropped);
  EXPECT_EQ(losses[0].reason, LossReason::kSpoolFull);
  // The next run still knows, and what is left begins right behind.
  spool.reset();
  spool = Open();
  EXPECT_EQ(spool->ledger().losses(), losses);
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(counters.dropped, kCount - counters.dropped));
  EXPECT_TRUE(spool->ledger().Forget(losses).ok());
  spool.reset();
  EXPECT_TRUE(Open()->ledger().losses().empty());
}

TEST_F(SpoolTest, HowMuchThereIsIsToldWhileTheDiskDoesNotAnswer) {
  auto spool = Open();
  const auto capture = SpoolCapture();
  fakes::SlowDisk disk("losses.new");  // which is written before the oldest file goes
  std::thread appender([&] {
    for (uint64_t i = 0; i < 2'000; i += 10) {
      EXPECT_TRUE(spool->Append(ChunkOf(capture, 0, i, 10)).ok());
    }
  });
  disk.WaitUntilAsked();
  auto told = std::async(std::launch::async, [&] {
    return std::pair(!spool->empty() && spool->inherited() == 0, spool->counters());
  });
  EXPECT_EQ(told.wait_for(std::chrono::minutes(2)), std::future_status::ready);
  disk.Answer();
  appender.join();
  const auto [some, counters] = told.get();
  EXPECT_TRUE(some);
  EXPECT_GT(counters.waiting, 300u);
  EXPECT_EQ(counters.dropped, 0u) << "as long as it is not told";
}

TEST_F(SpoolTest, FullItRefusesTheNewestWhereThatIsAskedFor) {
  SpoolOptions options = Options();
  options.when_full = SpoolFull::kDropNewest;
  auto spool = Open(options);
  const auto capture = SpoolCapture();
  for (uint64_t i = 0; i < 1'000; i += 10) {
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, i, 10)).ok());
  }
  const auto counters = spool->counters();
  ASSERT_GT(counters.dropped, 0u);
  ExpectLaw(*spool);
  const uint64_t kept = 1'000 - counters.dropped;
  spool.reset();
  spool = Open(options);
  const auto losses = spool->ledger().losses();
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].span, (Span{0, kept, 999}));
  EXPECT_EQ(losses[0].event_count, counters.dropped);
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(0, kept));
  // There is room again; the gap shows.
  EXPECT_FALSE(spool->full());
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 1'000, 10)).ok());
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(1'000, 10));
}

TEST_F(SpoolTest, WhatFollowsARefusalIsAfterAGapInThisRunAndTheNext) {
  SpoolOptions options = Options();
  options.when_full = SpoolFull::kDropNewest;
  const auto capture = SpoolCapture();
  for (const bool restart : {false, true}) {
    SCOPED_TRACE(restart);
    auto spool = Open(options);
    uint64_t next = 0;
    for (; spool->counters().dropped == 0; next += 10) {
      ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, next, 10)).ok());
    }
    const uint64_t refused = next - 10;
    // Room for one, in the file that was written to last, too.
    while (Files().size() == 8) {
      ASSERT_FALSE(spool->Next(10).chunk.empty());
      spool->Done(0);
    }
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, next, 1)).ok());
    if (restart) {
      spool.reset();
      spool = Open(options);
    }
    int gaps = 0;
    for (;;) {
      const auto taken = spool->Next(10);
      if (taken.chunk.empty()) break;
      const uint64_t first = EventsOf(taken.chunk)[0].sequence;
      if (first > 0) {
        EXPECT_EQ(taken.after_gap, first == next) << first;
      }
      EXPECT_NE(first, refused);
      gaps += taken.after_gap ? 1 : 0;
      spool->Done(0);
    }
    EXPECT_EQ(gaps, 1);
    ASSERT_TRUE(spool->ledger().Forget(spool->ledger().losses()).ok());
  }
}

TEST_F(SpoolTest, WhatFollowsADropIsAfterAGap) {
  auto spool = Open();
  const auto capture = SpoolCapture();
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 0, 10)).ok());
  EXPECT_FALSE(spool->Next(10).after_gap);
  // In hand, so it does not go: the next file does.
  for (uint64_t i = 10; i < 1'000; i += 10) {
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, i, 10)).ok());
  }
  spool->Done(0);
  const std::set<uint64_t> lost = Lost(*spool);
  ASSERT_FALSE(lost.empty());
  EXPECT_FALSE(lost.contains(0));
  uint64_t next = 10;
  for (;;) {
    const auto taken = spool->Next(10);
    if (taken.chunk.empty()) break;
    const uint64_t first = EventsOf(taken.chunk)[0].sequence;
    EXPECT_EQ(taken.after_gap, first != next) << first;
    for (; next < first; ++next) EXPECT_TRUE(lost.contains(next)) << next;
    next += 10;
    spool->Done(0);
  }
  EXPECT_EQ(next, 1'000u);
  ExpectLaw(*spool);
}

TEST_F(SpoolTest, AFileWhoseLossIsToldIsNotStoredByTheNextRun) {
  const auto capture = SpoolCapture();
  {
    auto spool = Open();
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 0, 10)).ok());
    // As if memmond had ended between the ledger and the file.
    const auto loss = LossesOf(FactsOf(ChunkOf(capture, 0, 0, 10)), LossReason::kSpoolFull);
    ASSERT_TRUE(spool->ledger().Announce(loss, 1).ok());
  }
  auto spool = Open();
  EXPECT_TRUE(TakeAll(*spool).empty());
  EXPECT_EQ(Lost(*spool).size(), 10u);
  // The number is not used again: what is new has to be stored.
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 10, 10)).ok());
  spool.reset();
  EXPECT_EQ(Numbers(TakeAll(*Open())), Range(10, 10));
}

TEST_F(SpoolTest, AnInsuranceIsTheFrontOfTheNextRunAlone) {
  const auto capture = SpoolCapture();
  auto spool = Open();
  ASSERT_TRUE(spool->Insure(ChunkOf(capture, 0, 0, 10)).ok());
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 10, 10)).ok());
  EXPECT_EQ(spool->counters().in, 10u);
  spool.reset();
  spool = Open();
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(0, 20));

  ASSERT_TRUE(spool->Insure(ChunkOf(capture, 0, 20, 10)).ok());
  EXPECT_TRUE(spool->empty());
  EXPECT_TRUE(spool->Next(10).chunk.empty());
  EXPECT_EQ(Files().size(), 1u);
  ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 30, 10)).ok());
  spool->Release();
  EXPECT_EQ(Numbers(TakeAll(*spool)), Range(30, 10));
  EXPECT_TRUE(Files().empty());
}

TEST_F(SpoolTest, ADiskWithoutRoomIsAnErrorWithACureAndNoHalfFrameStays) {
  for (size_t room = 0; room < 1'800; room += 7) {
    SCOPED_TRACE(room);
    std::filesystem::remove_all(directory());
    SpoolOptions options = Options();
    auto left = std::make_shared<size_t>(SIZE_MAX);
    options.write = [left](int fd, const void* data, size_t size, off_t offset) -> ssize_t {
      if (*left == 0) {
        errno = ENOSPC;
        return -1;
      }
      const size_t now = std::min(size, *left);
      *left -= now;
      return pwrite(fd, data, now, offset);
    };
    auto spool = Open(options);
    const auto capture = SpoolCapture();
    *left = room;
    const auto refused = spool->Append(ChunkOf(capture, 0, 0, 10));
    if (refused.ok()) {
      EXPECT_GE(room, 1'500u);
      continue;
    }
    EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_NE(std::string(refused.message()).find("--spool-bytes"), std::string::npos) << refused;
    EXPECT_EQ(spool->counters().in, 0u);
    EXPECT_TRUE(spool->empty());
    *left = SIZE_MAX;
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, 0, 10)).ok());
    spool.reset();
    EXPECT_EQ(Numbers(TakeAll(*Open(options))), Range(0, 10));
  }
}

// Its ledger cannot be written: a full disk, a bad one, or as here a directory in the way.
class UntoldSpool : public SpoolTest, public testing::WithParamInterface<SpoolFull> {
 protected:
  std::string Obstacle() const { return directory() + "/losses.new"; }
};

TEST_P(UntoldSpool, LosesNothingItCannotTell) {
  SpoolOptions options = Options();
  options.when_full = GetParam();
  auto spool = Open(options);
  const auto capture = SpoolCapture();
  std::filesystem::create_directory(Obstacle());
  uint64_t next = 0;
  absl::Status refused;
  while (next < 2'000 && (refused = spool->Append(ChunkOf(capture, 0, next, 10))).ok()) next += 10;
  ASSERT_LT(next, 2'000u) << "it took more than it has room for";
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(refused.message()).find(Obstacle()), std::string::npos) << refused;
  EXPECT_NE(std::string(refused.message()).find("--spool-dir"), std::string::npos) << refused;
  EXPECT_FALSE(spool->Append(ChunkOf(capture, 0, next, 10)).ok());
  EXPECT_EQ(spool->counters().in, next);
  EXPECT_EQ(spool->counters().dropped, 0u);
  EXPECT_FALSE(spool->full());
  EXPECT_TRUE(spool->ledger().losses().empty());
  ExpectLaw(*spool);
  // It is killed: the next one has all.
  spool.reset();
  spool = Open(options);
  EXPECT_EQ(spool->counters().waiting, next);
  // It can be written again: as if nothing had been.
  std::filesystem::remove(Obstacle());
  for (; next < 2'000; next += 10) {
    ASSERT_TRUE(spool->Append(ChunkOf(capture, 0, next, 10)).ok());
  }
  const uint64_t dropped = spool->counters().dropped;
  EXPECT_GT(dropped, 0u);
  EXPECT_TRUE(spool->full());
  ExpectLaw(*spool);
  spool.reset();
  spool = Open(options);
  const std::set<uint64_t> lost = Lost(*spool);
  EXPECT_EQ(lost.size(), dropped);
  const auto left = Numbers(TakeAll(*spool));
  EXPECT_EQ(left.size() + lost.size(), 2'000u);
  for (const uint64_t number : left) EXPECT_FALSE(lost.contains(number)) << number;
}

INSTANTIATE_TEST_SUITE_P(Full, UntoldSpool,
                         testing::Values(SpoolFull::kDropOldest, SpoolFull::kDropNewest));

TEST_F(SpoolTest, ALedgerThatCannotBeReadIsNotTakenForNone) {
  Open();
  std::filesystem::create_symlink("losses", directory() + "/losses");
  EXPECT_NE(Problem(Options()).find("cannot open " + directory() + "/losses"), std::string::npos);
  EXPECT_NE(Problem(Options()).find("--spool-dir"), std::string::npos);
}

TEST_F(SpoolTest, OneMemmondAtATime) {
  auto first = Open();
  EXPECT_NE(Problem(Options()).find("in use by another memmond"), std::string::npos);
  EXPECT_NE(Problem(Options()).find("--spool-dir"), std::string::npos);
  first.reset();
  EXPECT_NE(Open(), nullptr);
}

TEST_F(SpoolTest, AForeignDirectoryIsLeftAlone) {
  ASSERT_EQ(mkdir(directory().c_str(), 0700), 0);
  WriteFile(directory() + "/payroll.xls", "salaries");
  EXPECT_NE(Problem(Options()).find("payroll.xls"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(directory() + "/memmon-spool"));
}

TEST_F(SpoolTest, AnotherMachinesSpoolAndAnotherVersionsAreRefused) {
  Open().reset();
  SpoolOptions other = Options();
  other.machine_id = "another";
  EXPECT_NE(Problem(other).find("another machine"), std::string::npos);
  WriteFile(directory() + "/memmon-spool", "memmon spool 2, whatever\n");
  EXPECT_NE(Problem(Options()).find("another version"), std::string::npos);
  // Killed while it was written for the first time.
  WriteFile(directory() + "/memmon-spool", "memmon spo");
  EXPECT_NE(Open(), nullptr);
}

TEST_F(SpoolTest, ADirectoryThatCannotBeIsAnErrorWithACure) {
  SpoolOptions nowhere = Options();
  nowhere.directory = parent_ + "/no/where";
  EXPECT_NE(Problem(nowhere).find("mkdir -p"), std::string::npos);
  WriteFile(parent_ + "/file", "");
  nowhere.directory = parent_ + "/file";
  EXPECT_NE(Problem(nowhere).find("--spool-dir"), std::string::npos);
  const auto denied = SpoolError("make", "/x", EACCES);
  EXPECT_NE(std::string(denied.message()).find("chown"), std::string::npos);
}

TEST_F(SpoolTest, ABoundWithoutRoomForAFewBatchesIsRefused) {
  SpoolOptions small = Options();
  small.bytes = Spool::LeastBytes(small.most_events) - 1;
  EXPECT_EQ(Spool::Open(small).status().code(), absl::StatusCode::kInvalidArgument);
  small.bytes += 1;
  EXPECT_NE(Open(small), nullptr);
}

}  // namespace
}  // namespace memmon::store
