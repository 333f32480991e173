// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <thread>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/utf8.h"

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
