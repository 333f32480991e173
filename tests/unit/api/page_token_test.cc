// SPDX-License-Identifier: Apache-2.0

#include "api/page_token.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/event_request.h"
#include "field_of.h"

namespace memmon::api {
namespace {

store::EventPosition SomePosition() {
  store::EventPosition position;
  position.time_unix_ns = -1'700'000'000'123'456'789;
  position.boot_row = 0x0102030405060708;
  position.cpu = 65'535;
  position.sequence = ~0ULL;
  position.capture = 0xfffffffe;
  return position;
}

TEST(PageToken, KeepsThePosition) {
  const store::EventPosition position = SomePosition();
  const auto back = DecodePageToken(EncodePageToken(position, 42), 42);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->time_unix_ns, position.time_unix_ns);
  EXPECT_EQ(back->boot_row, position.boot_row);
  EXPECT_EQ(back->cpu, position.cpu);
  EXPECT_EQ(back->sequence, position.sequence);
  EXPECT_EQ(back->capture, position.capture);
}

TEST(PageToken, IsForUrls) {
  const std::string token = EncodePageToken(SomePosition(), ~0ULL);
  EXPECT_EQ(
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
      std::string::npos)
      << token;
}

TEST(PageToken, RefusesWhatIsNone) {
  const std::string token = EncodePageToken(SomePosition(), 42);
  EXPECT_FALSE(DecodePageToken("", 42).ok());
  EXPECT_FALSE(DecodePageToken("garbage", 42).ok());
  EXPECT_FALSE(DecodePageToken("!!!!", 42).ok());
  EXPECT_FALSE(DecodePageToken(token.substr(0, token.size() - 4), 42).ok());
  EXPECT_FALSE(DecodePageToken(token + "AAAA", 42).ok());
  EXPECT_FALSE(DecodePageToken(token, 43).ok());
  // Another character anywhere: refused, or (in its last bits) the same token.
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(DecodePageToken(damaged, 42).status().code(), absl::StatusCode::kInvalidArgument)
        << i;
  }
}

TEST(PageToken, BelongsToOneQuery) {
  using Edit = std::function<void(store::EventQuery*)>;
  const Edit edits[] = {
      [](auto*) {},
      [](auto* q) { q->filter.tgids = {1}; },
      [](auto* q) {
        q->filter.tgids = {1, 2};
      },
      [](auto* q) {
        q->filter.names = {"a", "b"};
      },
      [](auto* q) {
        q->filter.names = {"a", "bc"};
      },
      [](auto* q) {
        q->filter.names = {"ab", "c"};
      },
      [](auto* q) { q->filter.kinds = {model::EventKind::kMmap}; },
      [](auto* q) { q->filter.min_length_bytes = 1; },
      [](auto* q) { q->filter.uids = {1}; },
      [](auto* q) { q->filter.cgroup_ids = {1}; },
      [](auto* q) {
        q->filter.containers = {"ab", "c"};
      },
      [](auto* q) { q->filter.outcome = model::Outcome::kFailed; },
      [](auto* q) { q->start_unix_ns = 1; },
      [](auto* q) { q->end_unix_ns = 1; },
  };
  std::set<uint64_t> hashes;
  for (const Edit& edit : edits) {
    store::EventQuery query;
    edit(&query);
    hashes.insert(QueryHash(query));
    // Other pages of the same query.
    query.page_size = 7;
    query.before = SomePosition();
    hashes.insert(QueryHash(query));
  }
  EXPECT_EQ(hashes.size(), std::size(edits));
}

TEST(PageToken, OfAnotherQueryNamesPageToken) {
  v1::ListEventsRequest request;
  request.mutable_filter()->add_pids(1);
  store::EventQuery query;
  ASSERT_TRUE(ReadListEvents(request, &query).ok());
  const std::string token = EncodePageToken(SomePosition(), QueryHash(query));

  request.set_page_token(token);
  request.set_page_size(5);
  store::EventQuery next;
  ASSERT_TRUE(ReadListEvents(request, &next).ok());
  ASSERT_TRUE(next.before.has_value());
  EXPECT_EQ(next.before->sequence, SomePosition().sequence);

  request.mutable_filter()->add_pids(2);
  store::EventQuery other;
  EXPECT_EQ(FieldOf(ReadListEvents(request, &other)), "page_token");
  request.mutable_filter()->clear_pids();
  request.set_page_token("garbage");
  EXPECT_EQ(FieldOf(ReadListEvents(request, &other)), "page_token");
}

}  // namespace
}  // namespace memmon::api
