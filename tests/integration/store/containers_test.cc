// SPDX-License-Identifier: Apache-2.0
//
// Which containers stored events and processes were of, long after their cgroups have
// gone.

#include <set>

#include "fakes/fake_containers.h"
#include "fixture.h"

namespace memmon::test {
namespace {

class ContainersTest : public StoreTest {
 protected:
  ContainersTest() {
    names_.names = {{1, "docker-3f2a.scope"}, {2, "ssh.service"}, {3, ""}, {4, "a\\x2db.scope"}};
    names_.boot_id = MakeCapture()->boot_id;
  }

  store::PostgresStoreOptions Named() {
    auto named = options();
    named.containers = &names_;
    return named;
  }

  // Of the same capture, and a day later each.
  static model::SharedBatch FiveCgroupsOnDay(int day) {
    auto batch = std::make_shared<model::Batch>(*FiveCgroups(MakeCapture()));
    for (model::Event& event : batch->events) {
      event.sequence += static_cast<uint64_t>(day) * 5;
      event.time_ns += static_cast<uint64_t>(day) * 86'400'000'000'000;
    }
    return batch;
  }

  // An event of each of the cgroups 0 to 4, by a process of its own; its number is its
  // cgroup's id.
  static model::SharedBatch FiveCgroups(const std::shared_ptr<const model::Capture>& capture) {
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, 0, 5));
    for (size_t i = 0; i < batch->events.size(); ++i) {
      batch->events[i].kind = model::EventKind::kMmap;
      batch->events[i].cgroup_id = i;
      batch->events[i].tgid = 100 + static_cast<uint32_t>(i);
    }
    return batch;
  }

  static std::set<uint64_t> Listed(store::Store& store, std::vector<std::string> containers) {
    store::EventQuery query;
    query.filter.containers = std::move(containers);
    auto page = store.ListEvents(query);
    EXPECT_TRUE(page.ok()) << page.status();
    std::set<uint64_t> cgroups;
    if (page.ok()) {
      for (const auto& stored : page->events) cgroups.insert(stored.event.cgroup_id);
    }
    return cgroups;
  }
  static std::set<uint64_t> Backfilled(store::Store& store, const model::Capture& capture,
                                       std::vector<std::string> containers) {
    auto page = store.Backfill(
        {.from = model::Position(model::IdOf(capture)), .containers = std::move(containers)});
    EXPECT_TRUE(page.ok()) << page.status();
    std::set<uint64_t> cgroups;
    if (page.ok()) {
      EXPECT_EQ(page->events.size(), 5u);  // those of others come, too: numbers tell of gaps
      for (const auto& stored : page->events) {
        if (stored.in_containers) cgroups.insert(stored.event.cgroup_id);
      }
    }
    return cgroups;
  }

  fakes::FakeContainers names_;
};

using Cgroups = std::set<uint64_t>;

TEST_F(ContainersTest, EventsAreFoundByTheirs) {
  const auto capture = MakeCapture();
  {
    auto store = Open(Named());
    store->Take(FiveCgroups(capture));
    Drain(*store);
  }
  // Another memmond, that knows of none any more.
  auto store = Open();
  const std::vector<std::pair<std::vector<std::string>, Cgroups>> questions = {
      {{"docker-3f2a.scope"}, {1}}, {{"*.scope"}, {1, 4}}, {{"docker-*", "ssh.servic?"}, {1, 2}},
      {{"a\\x2db.scope"}, {4}},     {{"docker"}, {}},      {{"%", "_*", "no\"such,{name}'"}, {}}};
  for (const auto& [containers, want] : questions) {
    EXPECT_EQ(Listed(*store, containers), want) << containers[0];
    EXPECT_EQ(Backfilled(*store, *capture, containers), want) << containers[0];
  }
  EXPECT_EQ(Listed(*store, {}).size(), 5u);
  EXPECT_EQ(Backfilled(*store, *capture, {}).size(), 5u);
}

TEST_F(ContainersTest, ProcessesOfThePastHaveTheirs) {
  auto store = Open(Named());
  store->Take(FiveCgroups(MakeCapture()));
  Drain(*store);
  auto then = store->GetProcesses({kNoonUnixNs + 1'000'000'000});
  ASSERT_TRUE(then.ok()) << then.status();
  ASSERT_EQ(then->everything.processes.size(), 5u);
  for (const model::Process& process : then->everything.processes) {
    EXPECT_EQ(process.container, names_.names[process.cgroup_id]) << process.cgroup_id;
  }
  auto history = store->GetProcessHistory({.process = {104, 0}});
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_EQ(history->process.container, "a\\x2db.scope");
}

// The same ids are other cgroups there.
TEST_F(ContainersTest, AnotherBootsAreNotGuessed) {
  auto store = Open(Named());
  auto before = std::make_shared<model::Capture>(*MakeCapture());
  before->boot_id[0] ^= 1;
  before->realtime_offset_ns -= 3'600'000'000'000;
  store->Take(FiveCgroups(before));
  Drain(*store);
  EXPECT_EQ(Listed(*store, {"*"}), Cgroups{});
  auto again = Open(Named());
  again->Take(FiveCgroups(MakeCapture()));
  Drain(*again);
  store::EventQuery query;
  query.filter.containers = {"ssh.service"};
  const auto page = again->ListEvents(query);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_GE(page->events[0].time_unix_ns, kNoonUnixNs);
}

TEST_F(ContainersTest, WhatIsNotKnownYetIsWrittenWithALaterEvent) {
  auto store = Open(Named());
  names_.answers = false;
  store->Take(FiveCgroups(MakeCapture()));
  ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 5; }));
  EXPECT_EQ(Listed(*store, {"*"}), Cgroups{});
  names_.answers = true;
  auto later = std::make_shared<model::Batch>(*FiveCgroups(MakeCapture()));
  for (model::Event& event : later->events) event.sequence += 5;
  store->Take(later);
  Drain(*store);
  EXPECT_EQ(Listed(*store, {"*"}), (Cgroups{1, 2, 4}));
}

TEST_F(ContainersTest, GoWithTheLastThatIsKnownOfThem) {
  auto store = Open(Named());
  store->Take(FiveCgroups(MakeCapture()));
  Drain(*store);
  store.reset();  // its own housekeeping forgets, too
  const std::string forget = "SELECT memmon.forget_cgroups()";
  EXPECT_EQ(Value(forget), "0");
  // Of one no process is left; but events of today may be.
  Rows("DELETE FROM memmon.process WHERE cgroup_id = 1 RETURNING 1");
  EXPECT_EQ(Value(forget), "0");
  Rows("UPDATE memmon.cgroup SET last_day = '2020-01-01' RETURNING 1");
  EXPECT_EQ(Value(forget), "1");
  EXPECT_EQ(Value("SELECT string_agg(cgroup_id::text, ' ' ORDER BY cgroup_id)"
                  " FROM memmon.cgroup"),
            "2 4");
}

// They live on, and their processes of before do not.
TEST_F(ContainersTest, ThatWereForgottenAreToldAgain) {
  auto store = Open(Named());
  store->Take(FiveCgroupsOnDay(0));
  ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 5; }));
  Rows("DELETE FROM memmon.process RETURNING 1");
  EXPECT_EQ(Value("SELECT memmon.drop_day('event', date '2026-11-22')"), "t");
  Rows("SELECT memmon.forget_cgroups()");
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.cgroup"), "0");
  store->Take(FiveCgroupsOnDay(1));
  Drain(*store);
  EXPECT_EQ(Listed(*store, {"*"}), (Cgroups{1, 2, 4}));
}

// However long ago they were met first: their processes may be of others by now.
TEST_F(ContainersTest, StayAsLongAsTheirEventsDo) {
  auto store = Open(Named());
  store->Take(FiveCgroupsOnDay(0));
  ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 5; }));
  store->Take(FiveCgroupsOnDay(1));
  Drain(*store);
  store.reset();
  Rows("DELETE FROM memmon.process RETURNING 1");
  EXPECT_EQ(Value("SELECT memmon.drop_day('event', date '2026-11-22')"), "t");
  EXPECT_EQ(Value("SELECT memmon.forget_cgroups()"), "0");
  EXPECT_EQ(Value("SELECT memmon.drop_day('event', date '2026-11-23')"), "t");
  EXPECT_EQ(Value("SELECT memmon.forget_cgroups()"), "3");
}

}  // namespace
}  // namespace memmon::test
