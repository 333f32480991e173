// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/file_limit.h"
#include "base/log.h"
#include "base/pace.h"
#include "base/token_check.h"
#include "base/utf8.h"
#include "base/wall_offset.h"
#include "fakes/wall_clock.h"

namespace memmon::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(BackoffTest, DoublesUpToTheLongest) {
  Backoff backoff(milliseconds(100), milliseconds(500));
  EXPECT_EQ(backoff.Next(), milliseconds(100));
  EXPECT_EQ(backoff.Next(), milliseconds(200));
  EXPECT_EQ(backoff.Next(), milliseconds(400));
  EXPECT_EQ(backoff.Next(), milliseconds(500));
  EXPECT_EQ(backoff.Next(), milliseconds(500));
  backoff.Reset();
  EXPECT_EQ(backoff.Next(), milliseconds(100));
}

TEST(SystemClockTest, WaitsForTheConditionOrTheLimit) {
  SystemClock clock;
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  std::thread other([&] {
    const std::lock_guard lock(mutex);
    done = true;
    condition.notify_all();
  });
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(clock.WaitFor(lock, condition, hours(1), [&] { return done; }));
    const auto before = clock.Now();
    EXPECT_FALSE(clock.WaitFor(lock, condition, milliseconds(1), [] { return false; }));
    EXPECT_GE(clock.Now(), before);
  }
  other.join();
}

TEST(SystemClockTest, WaitsNoLongerWhereTheWallClockIsSet) {
  constexpr std::chrono::seconds kSetBack{20};
  SystemClock clock;
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock lock(mutex);
  const auto before = clock.Now();
  const fakes::SetBackWallClock wall(kSetBack);
  EXPECT_FALSE(clock.WaitFor(lock, condition, milliseconds(1), [] { return false; }));
  EXPECT_LT(clock.Now() - before, kSetBack / 2);
}

TEST(WallOffsetTest, SeesTheClockSetAheadAndBackAndNothingElse) {
  const WallOffset before = WallOffset::Now();
  EXPECT_EQ(WallOffset::Now().SetSince(before), milliseconds(0));
  const fakes::SetBackWallClock ahead(hours(1));
  const WallOffset after = WallOffset::Now();
  EXPECT_GT(after.SetSince(before), std::chrono::minutes(59));
  EXPECT_LE(after.SetSince(before), hours(1));
  EXPECT_LT(before.SetSince(after), -std::chrono::minutes(59));
}

TEST(WallOffsetTest, TimeThatItTakesToLookIsNoSetClock) {
  const WallOffset exact(hours(5), hours(5));
  EXPECT_EQ(WallOffset(hours(4), hours(6)).SetSince(exact), milliseconds(0));
  EXPECT_EQ(WallOffset(hours(6), hours(9)).SetSince(exact), hours(1));
  EXPECT_EQ(WallOffset(hours(1), hours(4)).SetSince(exact), -hours(1));
}

class PaceTest : public testing::Test {
 protected:
  static constexpr std::chrono::nanoseconds kInterval = milliseconds(10);

  // How many come until they are to wait, and how long that is.
  std::pair<int, std::chrono::nanoseconds> TakeAll() {
    for (int taken = 1;; ++taken) {
      pace_.Take(now_);
      const auto wait = pace_.Wait(now_);
      if (wait > milliseconds(0)) return {taken, wait};
    }
  }

  Pace pace_{3, kInterval};
  Pace::Time now_{hours(1)};
};

TEST_F(PaceTest, TakesSoManyAtOnceAndOneInEachIntervalAfterThat) {
  EXPECT_EQ(TakeAll(), std::pair(3, kInterval));
  for (int round = 0; round < 5; ++round) {
    now_ += kInterval;
    EXPECT_EQ(TakeAll(), std::pair(1, kInterval));
  }
}

TEST_F(PaceTest, WhoWaitsLongerThanItMustLosesNothingByIt) {
  TakeAll();
  now_ += kInterval + milliseconds(4);
  EXPECT_EQ(TakeAll(), std::pair(1, kInterval - milliseconds(4)));
}

TEST_F(PaceTest, WhereNobodyComesPlacesBecomeFreeUntilAllAre) {
  TakeAll();
  now_ += 2 * kInterval;
  EXPECT_EQ(TakeAll(), std::pair(2, kInterval));
  now_ += hours(1);
  EXPECT_EQ(TakeAll(), std::pair(3, kInterval));
}

TEST_F(PaceTest, OneThatCostsMoreTakesThePlacesOfAsMany) {
  pace_.Take(now_, 2 * kInterval);
  EXPECT_EQ(TakeAll(), std::pair(1, kInterval));
  pace_.Take(now_, 4 * kInterval);
  EXPECT_EQ(pace_.Wait(now_), 5 * kInterval);
  // None is had for less.
  now_ += hours(1);
  pace_.Take(now_, kInterval / 2);
  EXPECT_EQ(TakeAll(), std::pair(2, kInterval));
}

class TokenCheckTest : public testing::Test {
 protected:
  static constexpr char kToken[] = "0123456789abcdef";

  TokenVerdict Look(const std::string& header) { return check_.Look(header, kToken, now_); }

  TokenCheck check_;
  TokenCheck::Time now_{hours(1)};
};

TEST_F(TokenCheckTest, TellsTokensApart) {
  EXPECT_EQ(Look("Bearer 0123456789abcdef"), TokenVerdict::kGood);
  EXPECT_EQ(Look("Bearer 0123456789abcdeg"), TokenVerdict::kWrong);
  EXPECT_EQ(Look(""), TokenVerdict::kWrong);
}

TEST_F(TokenCheckTest, LooksAtNoneOnceTooManyWereWrong) {
  for (int i = 0; i < TokenCheck::kMostWrong; ++i) {
    EXPECT_EQ(Look("Bearer wrong"), TokenVerdict::kWrong);
    // These are no tries, and use none up.
    EXPECT_EQ(Look(""), TokenVerdict::kWrong);
    EXPECT_EQ(Look("Bearer 0123456789abcdef"),
              i + 1 < TokenCheck::kMostWrong ? TokenVerdict::kGood : TokenVerdict::kTooMany);
  }
  EXPECT_EQ(Look("Bearer wrong"), TokenVerdict::kTooMany);
  EXPECT_EQ(Look(""), TokenVerdict::kWrong);
  now_ += milliseconds(999);
  EXPECT_EQ(Look("Bearer 0123456789abcdef"), TokenVerdict::kTooMany);
  now_ += milliseconds(1);
  EXPECT_EQ(Look("Bearer 0123456789abcdef"), TokenVerdict::kGood);
}

TEST(FileLimitTest, TakesAllThatMayBeHad) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(RaiseFileLimit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(LogValueTest, StaysOneFieldOfOneLine) {
  EXPECT_EQ(LogValue("plain-1/2:3"), "plain-1/2:3");
  EXPECT_EQ(LogValue(""), "\"\"");
  // What a process may call itself.
  EXPECT_EQ(LogValue("a level=error"), "\"a level=error\"");
  EXPECT_EQ(LogValue("a\nevent=stop"), "\"a\\nevent=stop\"");
  EXPECT_EQ(LogValue("a=b"), "\"a=b\"");
  EXPECT_EQ(LogValue("say \"x\""), "\"say \\\"x\\\"\"");
  EXPECT_EQ(LogValue("c:\\x"), "\"c:\\\\x\"");
  EXPECT_EQ(LogValue("\x1b[2J\r\t\x7f"), "\"?[2J???\"");
  EXPECT_EQ(LogValue("niño"), "niño");
}

TEST(Utf8Test, KeepsWhatIsValid) {
  const std::string text = "bash niño € 😀";
  EXPECT_EQ(ToValidUtf8(text), text);
  EXPECT_EQ(ToValidUtf8(""), "");
}

TEST(Utf8Test, ReplacesWhatIsNot) {
  EXPECT_EQ(ToValidUtf8("a\xff\x80z"), "a??z");
  EXPECT_EQ(ToValidUtf8("\xc3"), "?");                 // cut short
  EXPECT_EQ(ToValidUtf8("\xc0\xaf"), "??");            // overlong
  EXPECT_EQ(ToValidUtf8("\xe0\x80\xaf"), "???");       // overlong
  EXPECT_EQ(ToValidUtf8("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(ToValidUtf8("\xf4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(ToValidUtf8("\xf0\x80\x80\x80"), "????");  // overlong
  EXPECT_EQ(ToValidUtf8("a\n\x7f\x01z"), "a???z");
}

TEST(Utf8Test, CutsBetweenCharacters) {
  EXPECT_EQ(ToValidUtf8("niño", 3), "ni");
  EXPECT_EQ(ToValidUtf8("niño", 4), "niñ");
  EXPECT_EQ(ToValidUtf8("niño", 0), "");
}

}  // namespace
}  // namespace memmon::base
