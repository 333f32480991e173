// SPDX-License-Identifier: Apache-2.0

#include "ctl/units.h"

#include <gtest/gtest.h>

#include "ctl/time_text.h"

namespace memmon::ctl {
namespace {

TEST(Units, WritesBytesForPeople) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(4096), "4.0 KiB");
  EXPECT_EQ(HumanBytes((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(HumanBytes(3ULL << 29), "1.5 GiB");
  EXPECT_EQ(HumanBytes(UINT64_MAX), "16.0 EiB");
}

TEST(Units, AdvisesTwiceTheBytesAtLeastAsOptionsTakeThem) {
  EXPECT_EQ(TwiceTheBytes(0), "2M");
  EXPECT_EQ(TwiceTheBytes(256ULL << 20), "512M");
  EXPECT_EQ(TwiceTheBytes(300'000'000), "1G");
  EXPECT_EQ(TwiceTheBytes(512ULL << 20), "1G");
  EXPECT_EQ(TwiceTheBytes(1ULL << 30), "2G");
  EXPECT_EQ(TwiceTheBytes(2ULL << 30), "4G");
  EXPECT_EQ(TwiceTheBytes(3ULL << 30), "8G");
  EXPECT_EQ(TwiceTheBytes(UINT64_MAX), "8589934592G");
}

TEST(Units, SetsThousandsApart) {
  EXPECT_EQ(GroupedCount(0), "0");
  EXPECT_EQ(GroupedCount(999), "999");
  EXPECT_EQ(GroupedCount(1'000), "1,000");
  EXPECT_EQ(GroupedCount(1'234'567), "1,234,567");
}

TEST(Units, ReadsBytes) {
  EXPECT_EQ(ParseBytes("4096"), 4096u);
  EXPECT_EQ(ParseBytes("4K"), 4096u);
  EXPECT_EQ(ParseBytes("4MiB"), 4u << 20);
  EXPECT_EQ(ParseBytes(" 1.5 gib "), 3ULL << 29);
  EXPECT_EQ(ParseBytes("4MB"), 4'000'000u);
  for (const char* wrong : {"", "x", "-1", "4X", "4KiBs", "1e3", "16EiB", "nan"}) {
    EXPECT_FALSE(ParseBytes(wrong)) << wrong;
  }
}

TEST(Units, ReadsSpans) {
  EXPECT_EQ(ParseSpan("10"), absl::Seconds(10));
  EXPECT_EQ(ParseSpan("250ms"), absl::Milliseconds(250));
  EXPECT_EQ(ParseSpan("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseSpan("2d"), absl::Hours(48));
  for (const char* wrong : {"", "s", "10x", "-5s", "1h 3q"})
    EXPECT_FALSE(ParseSpan(wrong)) << wrong;
}

class Times : public testing::Test {
 protected:
  const absl::TimeZone zone_ = absl::FixedTimeZone(3600);
  // 2026-03-04 05:06:07 there.
  const absl::Time now_ = absl::FromCivil(absl::CivilSecond(2026, 3, 4, 5, 6, 7), zone_);

  std::string Read(const char* text) {
    const auto time = ParseTime(text, now_, zone_);
    return time ? DateTime(*time, zone_) : "";
  }
};

TEST_F(Times, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(Read("now"), "2026-03-04 05:06:07");
  EXPECT_EQ(Read("today"), "2026-03-04 00:00:00");
  EXPECT_EQ(Read("yesterday"), "2026-03-03 00:00:00");
  EXPECT_EQ(Read("10m"), "2026-03-04 04:56:07");
  EXPECT_EQ(Read("2h ago"), "2026-03-04 03:06:07");
  EXPECT_EQ(Read("14:30"), "2026-03-04 14:30:00");
  EXPECT_EQ(Read("2026-01-31"), "2026-01-31 00:00:00");
  EXPECT_EQ(Read("2026-01-31 14:30"), "2026-01-31 14:30:00");
  EXPECT_EQ(Read("2026-01-31T14:30:05Z"), "2026-01-31 15:30:05");
  EXPECT_EQ(Read("2026-01-31 14:30:05+03:00"), "2026-01-31 12:30:05");
  EXPECT_EQ(Read("@1700000000"), "2023-11-14 23:13:20");
}

TEST_F(Times, AreRefusedWhereTheyMayMeanAnything) {
  for (const char* wrong : {"", "10", "tomorrow", "2026-13-01", "25:00", "ago", "@x"}) {
    EXPECT_EQ(Read(wrong), "") << wrong;
  }
}

TEST_F(Times, GoToTheApiAndBack) {
  const absl::Time time = absl::FromUnixNanos(1'700'000'000'123'456'789);
  EXPECT_EQ(FromProto(ToProto(time)), time);
  EXPECT_EQ(Rfc3339(time), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(PreciseTime(time, zone_), "23:13:20.123456");
}

}  // namespace
}  // namespace memmon::ctl
