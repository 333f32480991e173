// SPDX-License-Identifier: Apache-2.0

#include "api/event_filter.h"

#include <gtest/gtest.h>

#include "fakes/fake_containers.h"

namespace memmon::api {
namespace {

model::Event Mmap(uint64_t cgroup_id, uint32_t tgid = 7) {
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.tgid = tgid;
  event.cgroup_id = cgroup_id;
  return event;
}

class EventFilterTest : public testing::Test {
 protected:
  EventFilterTest() { names_.names = {{1, "docker-3f2a.scope"}, {2, "ssh.service"}, {3, ""}}; }
  EventFilter Filter(model::Filter filter) { return {std::move(filter), &names_}; }

  fakes::FakeContainers names_;
};

TEST_F(EventFilterTest, WithoutContainersNobodyIsAsked) {
  EXPECT_FALSE(Filter({}).filters());
  EventFilter filter = Filter({.tgids = {7}});
  EXPECT_TRUE(filter.filters());
  EXPECT_TRUE(filter.Matches(Mmap(1)));
  EXPECT_FALSE(filter.Matches(Mmap(1, 8)));
  EXPECT_EQ(names_.asked, 0);
}

TEST_F(EventFilterTest, TakesTheEventsOfThoseContainers) {
  EventFilter filter = Filter({.containers = {"docker-*", "cron.service"}});
  EXPECT_TRUE(filter.filters());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(filter.Matches(Mmap(1)));
    EXPECT_TRUE(filter.Matches(Mmap(1)));
    EXPECT_FALSE(filter.Matches(Mmap(2)));
    EXPECT_FALSE(filter.Matches(Mmap(3)));
    EXPECT_FALSE(filter.Matches(Mmap(0)));  // no process's
  }
  EXPECT_EQ(names_.asked, 3);
  EXPECT_FALSE(Filter({.tgids = {8}, .containers = {"docker-*"}}).Matches(Mmap(1)));
  // Even a pattern that any name matches.
  EXPECT_FALSE(Filter({.containers = {"*"}}).Matches(Mmap(3)));
}

TEST_F(EventFilterTest, WhatIsNotKnownYetIsAskedForAgain) {
  EventFilter filter = Filter({.containers = {"ssh.service"}});
  names_.answers = false;
  EXPECT_FALSE(filter.Matches(Mmap(2)));
  names_.answers = true;
  EXPECT_TRUE(filter.Matches(Mmap(2)));
}

TEST_F(EventFilterTest, NobodyIsUnawareOfALoss) {
  model::Event lost = Mmap(0);
  lost.kind = model::EventKind::kLost;
  EventFilter filter = Filter({.containers = {"ssh.service"}});
  EXPECT_TRUE(filter.Matches(lost));
  EXPECT_TRUE(filter.Matches(store::StoredEvent{.event = lost, .in_containers = false}));
}

// Ids of another boot mean other cgroups: there the database knows.
TEST_F(EventFilterTest, OfStoredEventsTheDatabaseTells) {
  const EventFilter filter = Filter({.tgids = {7}, .containers = {"docker-*"}});
  EXPECT_TRUE(filter.Matches(store::StoredEvent{.event = Mmap(2)}));
  EXPECT_FALSE(filter.Matches(store::StoredEvent{.event = Mmap(1), .in_containers = false}));
  EXPECT_FALSE(filter.Matches(store::StoredEvent{.event = Mmap(2, 8)}));
  EXPECT_EQ(names_.asked, 0);
}

}  // namespace
}  // namespace memmon::api
