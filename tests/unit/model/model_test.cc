// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "model/filter.h"
#include "model/glob.h"
#include "model/names.h"

namespace memmon::model {
namespace {

// What the words say, as simply as can be; exponential.
bool SimpleGlob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return SimpleGlob(pattern.substr(1), text) ||
           (!text.empty() && SimpleGlob(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         SimpleGlob(pattern.substr(1), text.substr(1));
}

TEST(GlobTest, MatchesAll) {
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_FALSE(GlobMatches("", "a"));
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_TRUE(GlobMatches("post*", "postgres"));
  EXPECT_FALSE(GlobMatches("post", "postgres"));
  EXPECT_TRUE(GlobMatches("*d", "sshd"));
  EXPECT_TRUE(GlobMatches("s?hd", "sshd"));
  EXPECT_FALSE(GlobMatches("?", ""));
  EXPECT_TRUE(GlobMatches("*a*", "*a"));
  EXPECT_TRUE(GlobMatches("[ab]", "[ab]"));
}

TEST(GlobTest, AgreesWithTheSimpleOne) {
  std::mt19937 random(3);
  const auto make = [&](std::string_view letters, size_t most) {
    std::string text;
    for (size_t i = random() % (most + 1); i > 0; --i) text += letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < 50'000; ++i) {
    const std::string pattern = make("ab*?", 7);
    const std::string text = make("ab*", 9);
    ASSERT_EQ(GlobMatches(pattern, text), SimpleGlob(pattern, text)) << pattern << " " << text;
  }
}

TEST(GlobTest, IsNotExponential) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(2'000, 'a')));
}

Event MakeEvent(EventKind kind, uint32_t tgid, const char* name, uint64_t length) {
  Event event;
  event.kind = kind;
  event.tgid = tgid;
  event.length_bytes = length;
  std::strcpy(event.comm.data(), name);
  return event;
}

TEST(FilterTest, JoinsFieldsByAndValuesByOr) {
  const Event event = MakeEvent(EventKind::kMmap, 7, "bash", 4096);
  EXPECT_TRUE(Filter().Matches(event));
  EXPECT_TRUE(Filter().empty());
  EXPECT_TRUE((Filter{.tgids = {5, 7, 9}}).Matches(event));
  EXPECT_FALSE((Filter{.tgids = {5, 9}}).Matches(event));
  EXPECT_TRUE((Filter{.names = {"zsh", "b*"}}).Matches(event));
  EXPECT_FALSE((Filter{.names = {"zsh"}}).Matches(event));
  EXPECT_TRUE((Filter{.kinds = {EventKind::kMunmap, EventKind::kMmap}}).Matches(event));
  EXPECT_FALSE((Filter{.kinds = {EventKind::kMunmap}}).Matches(event));
  EXPECT_TRUE((Filter{.min_length_bytes = 4096}).Matches(event));
  EXPECT_FALSE((Filter{.min_length_bytes = 4097}).Matches(event));
  EXPECT_FALSE((Filter{.tgids = {7}, .names = {"zsh"}}).Matches(event));
}

TEST(FilterTest, KnowsWhoAskedAndFromWhere) {
  Event event = MakeEvent(EventKind::kMmap, 7, "bash", 4096);
  event.uid = 1'000;
  event.cgroup_id = 1ULL << 40;
  EXPECT_TRUE((Filter{.uids = {0, 1'000}}).Matches(event));
  EXPECT_FALSE((Filter{.uids = {0}}).Matches(event));
  EXPECT_TRUE((Filter{.cgroup_ids = {1, 1ULL << 40}}).Matches(event));
  EXPECT_FALSE((Filter{.cgroup_ids = {1}}).Matches(event));
  EXPECT_FALSE((Filter{.uids = {1'000}, .cgroup_ids = {1}}).Matches(event));
  EXPECT_FALSE((Filter{.uids = {1}}).empty());
  EXPECT_FALSE((Filter{.cgroup_ids = {1}}).empty());
  EXPECT_FALSE((Filter{.containers = {"ssh.service"}}).empty());
}

TEST(FilterTest, KnowsHowACallEnded) {
  const Filter failed{.outcome = Outcome::kFailed};
  const Filter succeeded{.outcome = Outcome::kSucceeded};
  EXPECT_FALSE(failed.empty());
  Event event = MakeEvent(EventKind::kMmap, 7, "bash", 4096);
  for (const int64_t good : {int64_t{0}, int64_t{0x7f0000000000}, int64_t{-4'096}}) {
    event.result = good;
    EXPECT_TRUE(succeeded.Matches(event)) << good;
    EXPECT_FALSE(failed.Matches(event)) << good;
  }
  for (const int64_t bad : {-1, -12, -4'095}) {
    event.result = bad;
    EXPECT_FALSE(succeeded.Matches(event)) << bad;
    EXPECT_TRUE(failed.Matches(event)) << bad;
  }
  // No call, so no outcome; an exit code is none.
  for (const EventKind kind : {EventKind::kFork, EventKind::kExit, EventKind::kBaseline}) {
    event.kind = kind;
    EXPECT_FALSE(succeeded.Matches(event));
    EXPECT_FALSE(failed.Matches(event));
    EXPECT_TRUE(Filter().Matches(event));
  }
}

TEST(FilterTest, NobodyIsUnawareOfALoss) {
  const Event event = MakeEvent(EventKind::kLost, 0, "", 0);
  EXPECT_TRUE((Filter{.uids = {5}, .cgroup_ids = {5}, .outcome = Outcome::kFailed}).Matches(event));
  EXPECT_TRUE(
      (Filter{.tgids = {5}, .names = {"x"}, .kinds = {EventKind::kMmap}, .min_length_bytes = 1})
          .Matches(event));
}

TEST(NamesTest, KindsGoThereAndBack) {
  EXPECT_EQ(AllEventKinds().size(), 15u);
  for (const EventKind kind : AllEventKinds()) {
    EXPECT_EQ(ParseEventKind(EventKindName(kind)), kind);
  }
  EXPECT_EQ(EventKindName(EventKind::kMmExit), "mm_exit");
  EXPECT_EQ(EventKindName(EventKind{99}), "unknown");
  EXPECT_FALSE(ParseEventKind("unknown").has_value());
}

}  // namespace
}  // namespace memmon::model
