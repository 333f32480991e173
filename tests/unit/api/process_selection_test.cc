// SPDX-License-Identifier: Apache-2.0
//
// Through the producer and the table, since what a client has in the end is
// what counts.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "api/process_producer.h"
#include "fakes/event_builder.h"

namespace memmon::api {
namespace {

using std::chrono::milliseconds;

model::Event Call(uint32_t tgid, uint64_t length, const std::string& name = "name",
                  model::EventKind kind = model::EventKind::kMmap) {
  static uint64_t now = 1'000'000;
  model::Event event;
  event.kind = kind;
  event.tgid = event.tid = tgid;
  event.start_ns = tgid;
  event.mm_id = tgid;
  event.time_ns = event.ticket = ++now;
  event.length_bytes = length;
  event.uid = tgid % 3;
  event.cgroup_id = tgid % 2;
  fakes::SetName(&event, name);
  return event;
}

class ProcessSelectionTest : public testing::Test {
 protected:
  void Take(std::vector<model::Event> events) {
    table_.Take(fakes::MakeBatch(capture_, std::move(events)));
  }

  // A client of such a stream: what it knows, by pid.
  struct Client {
    explicit Client(const processes::ProcessTable* table, ProcessStreamOptions options)
        : producer(table, std::move(options)) {}

    // Messages that came.
    int Read() {
      int messages = 0;
      v1::StreamProcessesResponse message;
      auto again = Clock::time_point::max();
      for (; producer.Next(/*last=*/true, &message, &again); ++messages, message.Clear()) {
        if (message.snapshot()) {
          known.clear();
          EXPECT_NE(message.epoch(), epoch);
          EXPECT_EQ(message.revision(), 0u);
        } else {
          EXPECT_EQ(message.epoch(), epoch);
          EXPECT_EQ(message.revision(), revision + 1);
        }
        epoch = message.epoch();
        revision = message.revision();
        for (const auto& process : message.processes()) {
          known[process.pid()] = process;
          last.push_back(process.pid());
        }
        for (const auto& key : message.removed()) EXPECT_EQ(known.erase(key.pid()), 1u);
      }
      return messages;
    }
    std::set<uint32_t> pids() const {
      std::set<uint32_t> pids;
      for (const auto& [pid, process] : known) pids.insert(pid);
      return pids;
    }

    ProcessProducer producer;
    std::map<uint32_t, v1::Process> known;
    std::vector<uint32_t> last;  // in the order they came
    uint64_t epoch = 0;
    uint64_t revision = 0;
  };

  const std::shared_ptr<const model::Capture> capture_ = fakes::MakeCapture();
  processes::ProcessTable table_;
};

TEST_F(ProcessSelectionTest, FiltersByEachField) {
  std::vector<model::Event> events;
  for (uint32_t tgid = 1; tgid <= 12; ++tgid) {
    events.push_back(Call(tgid, 4'096, tgid < 7 ? "bash" : "postgres"));
  }
  Take(events);
  const auto pids = [&](model::ProcessFilter filter) {
    Client client(&table_, {.filter = std::move(filter)});
    client.Read();
    return client.pids();
  };
  EXPECT_EQ(pids({}).size(), 12u);
  EXPECT_EQ(pids({.tgids = {2, 11, 99}}), (std::set<uint32_t>{2, 11}));
  EXPECT_EQ(pids({.names = {"zsh", "post*"}}).size(), 6u);
  EXPECT_EQ(pids({.uids = {1}}), (std::set<uint32_t>{1, 4, 7, 10}));
  EXPECT_EQ(pids({.cgroup_ids = {1}}), (std::set<uint32_t>{1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(pids({.names = {"bash"}, .uids = {0}}), (std::set<uint32_t>{3, 6}));
}

// What /proc tells comes after the process did.
TEST_F(ProcessSelectionTest, WhoTurnsOutToBeInTheContainerComesThen) {
  Take({Call(1, 4'096), Call(2, 4'096), Call(3, 1 << 20)});
  table_.SetContainer({1, 1}, "docker-1f.scope");
  Client client(&table_, {.filter = {.containers = {"docker-*"}}});
  Client top(&table_, {.filter = {.containers = {"docker-*"}}, .limit = 1});
  client.Read();
  top.Read();
  EXPECT_EQ(client.pids(), std::set<uint32_t>{1});
  table_.SetContainer({3, 3}, "docker-2e.scope");
  table_.SetContainer({2, 2}, "ssh.service");
  client.Read();
  top.Read();
  EXPECT_EQ(client.pids(), (std::set<uint32_t>{1, 3}));
  EXPECT_EQ(top.pids(), std::set<uint32_t>{3});
}

TEST_F(ProcessSelectionTest, WhoMatchesNoMoreIsRemovedAndComesBackWhole) {
  Take({Call(1, 4'096, "bash"), Call(2, 4'096, "vi")});
  Client client(&table_, {.filter = {.names = {"bash"}}});
  client.Read();
  EXPECT_EQ(client.pids(), std::set<uint32_t>{1});
  Take({Call(1, 4'096, "vi"), Call(2, 4'096, "bash")});
  EXPECT_EQ(client.Read(), 1);
  EXPECT_EQ(client.pids(), std::set<uint32_t>{2});
  EXPECT_EQ(client.known.at(2).requested_bytes(), 8'192u);
  // What nobody asked for is no message.
  Take({Call(1, 4'096, "vi"), Call(7, 4'096, "cat")});
  EXPECT_EQ(client.Read(), 0);
}

TEST_F(ProcessSelectionTest, WhoDropsOutIsRemovedThoughItLives) {
  for (uint32_t tgid = 1; tgid <= 100; ++tgid) Take({Call(tgid, 4'096 * tgid)});
  Client client(&table_, {.order = model::ProcessOrder::kHeld, .limit = 3});
  client.Read();
  EXPECT_EQ(client.last, (std::vector<uint32_t>{100, 99, 98}));
  // One rises; 98 drops out.
  Take({Call(5, 1 << 30)});
  client.Read();
  EXPECT_EQ(client.pids(), (std::set<uint32_t>{5, 99, 100}));
  // It gives it all back; 98 comes in, which did nothing.
  Take({Call(5, (1 << 30) + 4'096, "name", model::EventKind::kMunmap)});
  client.Read();
  EXPECT_EQ(client.pids(), (std::set<uint32_t>{98, 99, 100}));
  EXPECT_EQ(client.known.at(98).held_bytes(), 98u * 4'096);
  // Far below, nobody sees anything.
  Take({Call(6, 4'096)});
  EXPECT_EQ(client.Read(), 0);
}

TEST_F(ProcessSelectionTest, EveryOrderIsTheOneItSays) {
  std::vector<model::Event> events;
  const char* const names[] = {"d", "a", "c", "b"};
  for (uint32_t tgid = 1; tgid <= 4; ++tgid) {
    events.push_back(Call(tgid, 4'096 * (tgid == 2 ? 10 : tgid), names[tgid - 1]));
    events.back().virtual_size_bytes = tgid == 3 ? 1 << 20 : tgid;
  }
  for (int i = 0; i < 3; ++i) {
    events.push_back(Call(1, 0, "d"));
    events.back().virtual_size_bytes = 1;
  }
  // Holds most, of what it asked for in two halves.
  events.push_back(Call(2, 4'096 * 9, "a", model::EventKind::kMunmap));
  events.back().virtual_size_bytes = 2;
  Take(events);
  const auto order = [&](model::ProcessOrder by) {
    Client client(&table_, {.order = by, .limit = 2});
    client.Read();
    return client.last;
  };
  using Pids = std::vector<uint32_t>;
  EXPECT_EQ(order(model::ProcessOrder::kHeld), (Pids{4, 3}));
  EXPECT_EQ(order(model::ProcessOrder::kVirtualSize), (Pids{3, 4}));
  EXPECT_EQ(order(model::ProcessOrder::kRequested), (Pids{2, 4}));
  EXPECT_EQ(order(model::ProcessOrder::kMmapCount), (Pids{1, 2}));
  EXPECT_EQ(order(model::ProcessOrder::kName), (Pids{2, 4}));
  EXPECT_EQ(order(model::ProcessOrder::kTgid), (Pids{1, 2}));
}

// Whatever happens, the client has what a fresh look at the table gives.
TEST_F(ProcessSelectionTest, AgreesWithASortOfEverything) {
  constexpr uint32_t kLimit = 20;
  std::mt19937 random(5);
  Client client(&table_, {.filter = {.uids = {0, 1}}, .limit = kLimit});
  for (int round = 0; round < 400; ++round) {
    std::vector<model::Event> events;
    for (unsigned i = random() % 20; i > 0; --i) {
      const uint32_t tgid = 1 + random() % 200;
      const unsigned what = random() % 20;
      events.push_back(Call(tgid, random() % 100 * 4'096, "name",
                            what == 0   ? model::EventKind::kExit
                            : what < 10 ? model::EventKind::kMunmap
                                        : model::EventKind::kMmap));
      if (random() % 10 == 0) events.back().uid = 2;
    }
    Take(events);
    client.Read();
    std::vector<model::Process> all = table_.ChangesSince(0, 0).processes;
    std::erase_if(all, [](const auto& process) { return process.uid > 1; });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.held_bytes != b.held_bytes ? a.held_bytes > b.held_bytes : a.key < b.key;
    });
    std::map<uint32_t, uint64_t> want;
    for (size_t i = 0; i < std::min<size_t>(kLimit, all.size()); ++i) {
      want[all[i].key.tgid] = all[i].held_bytes;
    }
    std::map<uint32_t, uint64_t> got;
    for (const auto& [pid, process] : client.known) got[pid] = process.held_bytes();
    ASSERT_EQ(got, want) << "round " << round;
  }
}

}  // namespace
}  // namespace memmon::api
