// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <set>
#include <utility>

#include "fixture.h"

namespace memmon::test {
namespace {

using model::EventKind;
using store::EventPage;
using store::EventQuery;

class ListEventsTest : public StoreTest {
 protected:
  // All pages, asserting the order; `between` runs after each page.
  std::vector<store::StoredEvent> All(
      store::Store& store, EventQuery query, const std::function<void()>& between = [] {}) {
    std::vector<store::StoredEvent> all;
    for (int pages = 0; pages < 10'000; ++pages) {
      auto page = store.ListEvents(query);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return all;
      EXPECT_LE(page->events.size(), static_cast<size_t>(query.page_size));
      all.insert(all.end(), page->events.begin(), page->events.end());
      if (!page->next) return all;
      query.before = page->next;
      between();
    }
    ADD_FAILURE() << "pages do not end";
    return all;
  }

  static std::multiset<std::pair<uint16_t, uint64_t>> Keys(
      const std::vector<store::StoredEvent>& events) {
    std::multiset<std::pair<uint16_t, uint64_t>> keys;
    for (const auto& stored : events) keys.insert({stored.event.cpu, stored.event.sequence});
    return keys;
  }
};

TEST_F(ListEventsTest, PagesGiveEverythingOnceInOrderWhileRowsArrive) {
  auto store = Open();
  const auto capture = MakeCapture();
  // Two CPUs with the same times: the order must not depend on time alone.
  store->Take(MakeBatch(capture, 0, 0, 1'000));
  store->Take(MakeBatch(capture, 1, 0, 1'000));
  Drain(*store);
  uint64_t newer = 1'000;
  EventQuery query;
  query.page_size = 37;
  const auto all = All(*store, query, [&] {
    store->Take(MakeBatch(capture, 0, newer, 10));
    newer += 10;
    Drain(*store);
  });
  EXPECT_EQ(all.size(), 2'000u);
  const auto keys = Keys(all);
  EXPECT_EQ(std::set(keys.begin(), keys.end()).size(), 2'000u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.time_unix_ns > b.time_unix_ns;
  }));
  EXPECT_EQ(StoredCount(), 1'000 + newer);
}

// As out of a spool: what is behind the page that was reached comes at its place, once; what is
// before it was passed.
TEST_F(ListEventsTest, WhatIsStoredLateComesAtItsPlaceOrNotAtAll) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 1'000));
  Drain(*store);
  EventQuery query;
  query.page_size = 100;
  int pages = 0;
  const auto all = All(*store, query, [&] {
    // The next page begins with 699.
    if (++pages != 3) return;
    store->Take(MakeBatch(capture, 1, 0, 1'000));
    Drain(*store);
  });
  EXPECT_EQ(StoredCount(), 2'000u);
  std::multiset<std::pair<uint16_t, uint64_t>> wanted;
  for (uint64_t i = 0; i < 1'000; ++i) wanted.insert({0, i});
  for (uint64_t i = 0; i < 700; ++i) wanted.insert({1, i});
  EXPECT_EQ(Keys(all), wanted);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.time_unix_ns > b.time_unix_ns;
  }));
  // From the beginning, all of them.
  EXPECT_EQ(All(*store, query).size(), 2'000u);
}

// Also what is of an earlier capture, and older than all that was stored.
TEST_F(ListEventsTest, ALateCaptureComesBehindWhatIsNewer) {
  auto store = Open();
  store->Take(MakeBatch(MakeCapture(2, 2'000'000), 0, 2'000, 100));
  Drain(*store);
  EventQuery query;
  query.page_size = 60;
  bool late = false;
  const auto all = All(*store, query, [&] {
    if (std::exchange(late, true)) return;
    store->Take(MakeBatch(MakeCapture(1, 1'000), 0, 0, 100));
    Drain(*store);
  });
  ASSERT_EQ(all.size(), 200u);
  EXPECT_EQ(all.front().event.sequence, 2'099u);
  EXPECT_EQ(all.back().event.sequence, 0u);
}

TEST_F(ListEventsTest, FiltersAsTheLiveFilterDoes) {
  auto store = Open();
  const auto capture = MakeCapture();
  auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, 0, 400));
  const char* const names[] = {"postgres", "post_man", "100%", "a\\b", "caf\xc3\xa9", "\xff!", "x"};
  for (size_t i = 0; i < batch->events.size(); ++i) {
    const std::string name = names[i % 7];
    batch->events[i].comm.fill(0);
    std::copy(name.begin(), name.end(), batch->events[i].comm.begin());
  }
  for (size_t i = 0; i < batch->events.size(); ++i) {
    model::Event& event = batch->events[i];
    event.uid = i % 3 == 0 ? 0 : 0xfffffffe;
    event.cgroup_id = i % 4 == 0 ? 77 : ~0ULL - i % 4;
    if (i % 9 == 4) event.kind = EventKind::kFork;
    if (i % 5 == 2) event.result = i % 2 == 0 ? -4'095 : -1;
    if (i % 5 == 3) event.result = -4'096;
  }
  batch->events[13].length_bytes = ~0ULL;
  batch->events[77].kind = EventKind::kLost;
  batch->events[77].lost_count = 1;
  store->Take(batch);
  Drain(*store);

  std::vector<model::Filter> filters(21);
  filters[1].tgids = {1'000, 1'003};
  filters[2].kinds = {EventKind::kMunmap, EventKind::kExit};
  filters[3].min_length_bytes = 12'289;
  filters[4].min_length_bytes = (1ULL << 63) + 1;
  filters[5].names = {"postgres"};
  filters[6].names = {"post*"};
  filters[7].names = {"post_ma?"};
  filters[8].names = {"100%"};
  filters[9].names = {"a\\b", "x"};
  filters[10].names = {"caf*"};
  filters[11].names = {"\xff!"};
  filters[12].names = {"*"};
  filters[13].names = {"post_*", "no\"such,{name}'"};
  filters[14] = {{1'001}, {"post*"}, {EventKind::kMmap}, 8'192};
  filters[15].min_length_bytes = 1;
  filters[16].uids = {0xfffffffe};
  filters[17].cgroup_ids = {77, ~0ULL - 2};
  filters[18].outcome = model::Outcome::kFailed;
  filters[19].outcome = model::Outcome::kSucceeded;
  filters[20] = {.tgids = {1'001, 1'002}, .uids = {0}, .outcome = model::Outcome::kSucceeded};
  for (size_t i = 0; i < filters.size(); ++i) {
    EventQuery query;
    query.filter = filters[i];
    std::set<uint64_t> want;
    for (const auto& event : batch->events) {
      if (filters[i].Matches(event)) want.insert(event.sequence);
    }
    std::set<uint64_t> got;
    for (const auto& stored : All(*store, query)) got.insert(stored.event.sequence);
    EXPECT_EQ(got, want) << "filter " << i;
    EXPECT_GT(want.size(), 0u);
  }
}

TEST_F(ListEventsTest, TimeBoundsAreExactToTheNanosecond) {
  auto store = Open();
  auto batch = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(), 0, 0, 100));
  for (size_t i = 0; i < 100; ++i) batch->events[i].time_ns = 5'000 + i * 333;
  store->Take(batch);
  Drain(*store);
  for (const int64_t start : {0, 5'000, 5'001, 7'331, 100'000}) {
    for (const int64_t end : {0, 5'000, 5'333, 20'000, 20'001, 100'000}) {
      EventQuery query;
      query.page_size = 7;
      if (start != 0) query.start_unix_ns = kNoonUnixNs + start;
      if (end != 0) query.end_unix_ns = kNoonUnixNs + end;
      size_t want = 0;
      for (const auto& event : batch->events) {
        const auto time = static_cast<int64_t>(event.time_ns);
        want += (start == 0 || time >= start) && (end == 0 || time < end);
      }
      EXPECT_EQ(All(*store, query).size(), want) << start << " to " << end;
    }
  }
}

// An event now, some seven years ago, some in between: the windows jump.
TEST_F(ListEventsTest, LongStretchesWithNothingAreCrossed) {
  auto store = Open();
  const int64_t year_ns = 31'536'000'000'000'000;
  for (const uint32_t years : {7u, 3u, 0u}) {
    store->Take(MakeBatch(MakeCapture(years + 1, 1, kNoonUnixNs - years * year_ns), 0, 0, 5));
  }
  // One capture that itself sleeps for ten days.
  auto sleeper = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(20), 2, 0, 2));
  sleeper->events[1].time_ns += 864'000'000'000'000;
  store->Take(sleeper);
  Drain(*store);
  EventQuery query;
  query.page_size = 4;
  const auto all = All(*store, query);
  ASSERT_EQ(all.size(), 17u);
  EXPECT_EQ(all.front().time_unix_ns, kNoonUnixNs + 864'000'000'001'000);
  EXPECT_EQ(all.back().time_unix_ns, kNoonUnixNs - 7 * year_ns);
}

TEST_F(ListEventsTest, OtherHostsEventsAreTheirs) {
  auto store = Open();
  auto theirs = options();
  theirs.machine_id = "another";
  auto other = Open(theirs);
  store->Take(MakeBatch(MakeCapture(), 0, 0, 5));
  other->Take(MakeBatch(MakeCapture(), 0, 0, 8));
  Drain(*store);
  Drain(*other);
  EXPECT_EQ(All(*store, {}).size(), 5u);
  EXPECT_EQ(All(*other, {}).size(), 8u);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.boot"), "2");
}

TEST_F(ListEventsTest, NothingStoredIsAnEmptyLastPage) {
  auto page = Open()->ListEvents({});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->events.empty());
  EXPECT_FALSE(page->next);
}

TEST_F(ListEventsTest, PageSizeOutOfBoundsIsRefused) {
  auto store = Open();
  for (const int size : {0, -1, 1'001}) {
    EventQuery query;
    query.page_size = size;
    EXPECT_EQ(store->ListEvents(query).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace memmon::test
