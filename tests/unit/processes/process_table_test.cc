// SPDX-License-Identifier: Apache-2.0

#include "processes/process_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "fakes/event_builder.h"

namespace memmon::processes {
namespace {

using model::Event;
using model::EventKind;
using model::Process;
using model::ProcessKey;

constexpr uint64_t kPage = 4096;

// Events of a machine on which time and tickets grow by one an event; the
// tests shuffle them afterwards, as rings of several CPUs do.
class Script {
 public:
  Event Make(EventKind kind, uint32_t tgid, uint64_t mm, uint64_t pages, uint64_t length = 0,
             int64_t result = 0) {
    Event event;
    event.kind = kind;
    event.tgid = event.tid = tgid;
    event.start_ns = 10 + tgid;
    event.mm_id = mm;
    event.time_ns = ++now_;
    event.ticket = now_;
    event.virtual_size_bytes = pages * kPage;
    event.length_bytes = length;
    event.result = result;
    if (mm == 0) event.flags = model::kFlagNoAddressSpace;
    fakes::SetName(&event, "p" + std::to_string(tgid));
    return event;
  }

  static Event Lost(uint64_t count, uint64_t until_ns) {
    Event event;
    event.kind = EventKind::kLost;
    event.lost_count = count;
    event.time_ns = event.lost_until_ns = until_ns;
    return event;
  }

  uint64_t now() const { return now_; }
  void Advance(uint64_t ns) { now_ += ns; }

 private:
  uint64_t now_ = 1'000;
};

class ProcessTableTest : public testing::Test {
 protected:
  void Take(std::vector<Event> events) {
    table_->Take(fakes::MakeBatch(capture_, std::move(events)));
  }

  std::map<uint32_t, Process> All() {
    std::map<uint32_t, Process> all;
    for (const Process& process : table_->ChangesSince(0, 0).processes) {
      all[process.key.tgid] = process;
    }
    return all;
  }

  Script script_;
  std::shared_ptr<const model::Capture> capture_ = fakes::MakeCapture();
  std::unique_ptr<ProcessTable> table_ = std::make_unique<ProcessTable>();
};

TEST_F(ProcessTableTest, AddsUpOneProcess) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMmap, 7, 1, 102, 5'000, 0x7000'0000),
        script_.Make(EventKind::kMmap, 7, 1, 103, 1, 0x7000'0000),
        script_.Make(EventKind::kMmap, 7, 1, 103, 4096, -12),
        script_.Make(EventKind::kMunmap, 7, 1, 102, 4096),
        script_.Make(EventKind::kMunmap, 7, 1, 102, 4096, -22),
        script_.Make(EventKind::kMremap, 7, 1, 102, 4096, -14)});
  const Process process = All().at(7);
  EXPECT_EQ(process.held_bytes, 2 * kPage);
  EXPECT_EQ(process.requested_bytes, 5'001u);
  EXPECT_EQ(process.mmap_count, 2u);
  EXPECT_EQ(process.munmap_count, 1u);
  EXPECT_EQ(process.failed_count, 3u);
  EXPECT_EQ(process.virtual_size_bytes, 102 * kPage);
  EXPECT_EQ(process.name, "p7");
  EXPECT_EQ(process.mm_id, 1u);
  EXPECT_EQ(process.end_ns, 0u);
  EXPECT_FALSE(process.uncertain);
  const auto totals = table_->Totals();
  EXPECT_EQ(totals.event_count, 7u);
  EXPECT_EQ(totals.requested_bytes, 5'001u);
  EXPECT_EQ(totals.ram_bytes, 1ULL << 33);
  EXPECT_EQ(totals.capture_start_unix_ns, 1'000'500);
}

TEST_F(ProcessTableTest, HeldIsASignedSumShownFromZero) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMunmap, 7, 1, 90, 10 * kPage)});
  EXPECT_EQ(All().at(7).held_bytes, 0u);
  Take({script_.Make(EventKind::kMmap, 7, 1, 102, 12 * kPage, 4096)});
  EXPECT_EQ(All().at(7).held_bytes, 2 * kPage);
}

TEST_F(ProcessTableTest, TheHighestTicketWins) {
  const Event first = script_.Make(EventKind::kMmap, 7, 1, 10, kPage, 4096);
  const Event second = script_.Make(EventKind::kMmap, 7, 1, 20, kPage, 4096);
  Take({second, first});
  EXPECT_EQ(All().at(7).virtual_size_bytes, 20 * kPage);
}

TEST_F(ProcessTableTest, SharersOfAnAddressSpaceShowOneSize) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kFork, 8, 1, 100, 0, 7),  // vfork
        script_.Make(EventKind::kMmap, 8, 1, 110, 10 * kPage, 4096)});
  auto all = All();
  EXPECT_EQ(all.at(7).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(all.at(8).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(all.at(7).held_bytes, 0u);
  EXPECT_EQ(all.at(8).held_bytes, 10 * kPage);
  EXPECT_EQ(all.at(8).parent_tgid, 7u);
  const auto look = table_->ChangesSince(0, 0);
  Take({script_.Make(EventKind::kMmap, 7, 1, 120, 10 * kPage, 4096)});
  EXPECT_EQ(table_->ChangesSince(look.epoch, look.revision).processes.size(), 2u);
  // The child leaves for an image of its own.
  Take({script_.Make(EventKind::kExec, 8, 2, 30)});
  all = All();
  EXPECT_EQ(all.at(7).virtual_size_bytes, 120 * kPage);
  EXPECT_EQ(all.at(8).virtual_size_bytes, 30 * kPage);
  EXPECT_EQ(all.at(8).held_bytes, 0u);
}

TEST_F(ProcessTableTest, AChildWithoutASizeShowsItsParents) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMmap, 7, 1, 110, 10 * kPage, 4096),
        script_.Make(EventKind::kFork, 8, 0, 0, 0, 7)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(All().at(8).held_bytes, 0u);
  EXPECT_TRUE(All().at(8).uncertain);
  Take({script_.Make(EventKind::kMmap, 8, 2, 111, kPage, 4096)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 111 * kPage);
  EXPECT_EQ(All().at(8).held_bytes, kPage);
  EXPECT_FALSE(All().at(8).uncertain);
}

// The kernel maps the image, then EXEC, then the program maps: in whatever
// order the rings are read, only the program's count as held.
TEST_F(ProcessTableTest, ExecResetsHeldInAnyOrder) {
  const Event base = script_.Make(EventKind::kBaseline, 7, 1, 100);
  std::vector<Event> events = {
      script_.Make(EventKind::kMmap, 7, 1, 150, 50 * kPage, 4096),
      script_.Make(EventKind::kMmap, 7, 2, 10, 10 * kPage, 4096),
      script_.Make(EventKind::kMmap, 7, 2, 13, 3 * kPage, 4096),
      script_.Make(EventKind::kExec, 7, 2, 13),
      script_.Make(EventKind::kMmap, 7, 2, 20, 7 * kPage, 4096),
      script_.Make(EventKind::kMunmap, 7, 2, 18, 2 * kPage),
  };
  std::vector<size_t> order(events.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    table_ = std::make_unique<ProcessTable>();
    std::vector<Event> shuffled = {base};
    for (const size_t i : order) shuffled.push_back(events[i]);
    Take(shuffled);
    const Process process = All().at(7);
    ASSERT_EQ(process.held_bytes, 5 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.virtual_size_bytes, 18 * kPage);
    ASSERT_EQ(process.mmap_count, 4u);
    ASSERT_EQ(process.mm_id, 2u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(ProcessTableTest, ForkExecExitInAnyOrder) {
  std::vector<Event> events = {
      script_.Make(EventKind::kFork, 8, 2, 100, 0, 7),
      script_.Make(EventKind::kMmap, 8, 2, 101, kPage, 4096),
      script_.Make(EventKind::kExec, 8, 3, 10),
      script_.Make(EventKind::kMmap, 8, 3, 14, 4 * kPage, 4096),
      script_.Make(EventKind::kMmExit, 8, 3, 14),
      script_.Make(EventKind::kExit, 8, 0, 0, 0, 256),
  };
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  do {
    table_ = std::make_unique<ProcessTable>();
    std::vector<Event> shuffled;
    for (const size_t i : order) shuffled.push_back(events[i]);
    Take(shuffled);
    const Process process = All().at(8);
    ASSERT_EQ(process.held_bytes, 4 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.virtual_size_bytes, 14 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.end_ns, events[5].time_ns);
    ASSERT_EQ(process.parent_tgid, 7u);
    ASSERT_FALSE(process.uncertain);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(ProcessTableTest, ATgidThatComesRoundAgainIsAnotherProcess) {
  Take({script_.Make(EventKind::kFork, 8, 2, 100, 0, 7),
        script_.Make(EventKind::kMmap, 8, 2, 101, kPage, 4096)});
  Event again = script_.Make(EventKind::kFork, 8, 3, 50, 0, 7);
  again.start_ns = 5'000;
  Take({again});
  const auto look = table_->ChangesSince(0, 0);
  ASSERT_EQ(look.processes.size(), 2u);
  for (const Process& process : look.processes) {
    const bool is_old = process.key.start_ns == 18;
    EXPECT_EQ(process.end_ns != 0, is_old);
    EXPECT_EQ(process.held_bytes, is_old ? kPage : 0);
    EXPECT_EQ(process.virtual_size_bytes, is_old ? 101 * kPage : 50 * kPage);
  }
}

TEST_F(ProcessTableTest, AnAddressSpaceIdUsedAgainIsAnother) {
  const Event late = script_.Make(EventKind::kMmap, 8, 2, 99, kPage, 4096);
  Take(
      {script_.Make(EventKind::kBaseline, 8, 2, 100), script_.Make(EventKind::kMmExit, 8, 2, 100)});
  Take({late});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 100 * kPage);
  Take({script_.Make(EventKind::kExit, 8, 0, 0), script_.Make(EventKind::kFork, 9, 2, 5, 0, 1)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 100 * kPage);
  EXPECT_EQ(All().at(9).virtual_size_bytes, 5 * kPage);
}

TEST_F(ProcessTableTest, KernelThreadsAreLeftOut) {
  Event event = script_.Make(EventKind::kMmap, 2, 1, 50, kPage, 4096);
  event.flags = model::kFlagKernelThread;
  const Event base = script_.Make(EventKind::kBaseline, 7, 1, 40);
  event.ticket = base.ticket + 1;
  Take({base, event});
  EXPECT_EQ(All().size(), 1u);
  EXPECT_EQ(All().at(7).virtual_size_bytes, 50 * kPage);
}

TEST_F(ProcessTableTest, AStackMayBeAnotherProcesss) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 40), script_.Make(EventKind::kBaseline, 8, 2, 60),
        script_.Make(EventKind::kStack, 7, 2, 61)});
  EXPECT_EQ(All().at(7).virtual_size_bytes, 40 * kPage);
  EXPECT_EQ(All().at(8).virtual_size_bytes, 61 * kPage);
}

TEST_F(ProcessTableTest, ALossMakesUncertainUntilAYoungerTotal) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kBaseline, 8, 2, 100)});
  const Event old = script_.Make(EventKind::kMmap, 7, 1, 101, kPage, 4096);
  script_.Advance(10);
  const auto look = table_->ChangesSince(0, 0);
  Take({Script::Lost(5, script_.now())});
  const auto after = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_FALSE(after.snapshot);
  ASSERT_EQ(after.processes.size(), 2u);
  EXPECT_TRUE(after.processes[0].uncertain);
  EXPECT_EQ(after.totals.lost_count, 5u);
  // Read later, but older than the loss.
  Take({old});
  EXPECT_TRUE(All().at(7).uncertain);
  Take({script_.Make(EventKind::kMmap, 7, 1, 101, kPage, 4096)});
  EXPECT_FALSE(All().at(7).uncertain);
  EXPECT_TRUE(All().at(8).uncertain);
  Take({script_.Make(EventKind::kFork, 9, 3, 5, 0, 1)});
  EXPECT_FALSE(All().at(9).uncertain);
}

TEST_F(ProcessTableTest, GivesWhatChangedAndNothingElse) {
  auto look = table_->ChangesSince(0, 0);
  EXPECT_TRUE(look.snapshot);
  EXPECT_TRUE(look.processes.empty());
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1), script_.Make(EventKind::kBaseline, 8, 2, 1)});
  look = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_FALSE(look.snapshot);
  EXPECT_EQ(look.processes.size(), 2u);
  look = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_TRUE(look.processes.empty());
  Take({script_.Make(EventKind::kMmap, 8, 2, 2, kPage, 4096)});
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.processes.size(), 1u);
  EXPECT_EQ(look.processes[0].key.tgid, 8u);
  table_->SetCommandLine({7, 17}, "seven --of nine");
  table_->SetParent({7, 17}, 1);
  table_->SetCommandLine({99, 17}, "nobody");
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.processes.size(), 1u);
  EXPECT_EQ(look.processes[0].command_line, "seven --of nine");
  EXPECT_EQ(look.processes[0].parent_tgid, 1u);
}

TEST_F(ProcessTableTest, AnotherCaptureBeginsAnEpoch) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1)});
  const auto look = table_->ChangesSince(0, 0);
  capture_ = fakes::MakeCapture(2);
  Take({script_.Make(EventKind::kBaseline, 8, 1, 1)});
  const auto next = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_TRUE(next.snapshot);
  EXPECT_NE(next.epoch, look.epoch);
  ASSERT_EQ(next.processes.size(), 1u);
  EXPECT_EQ(next.processes[0].key.tgid, 8u);
  EXPECT_EQ(next.totals.event_count, 1u);
}

TEST_F(ProcessTableTest, ForgetsEndedProcessesByStreamTimeAndNumber) {
  table_ =
      std::make_unique<ProcessTable>(ProcessTableOptions{.keep_ended_ns = 1'000, .max_ended = 2});
  Take({script_.Make(EventKind::kFork, 8, 2, 1, 0, 7), script_.Make(EventKind::kExit, 8, 0, 0)});
  auto look = table_->ChangesSince(0, 0);
  EXPECT_EQ(look.processes.size(), 1u);
  const Event late = script_.Make(EventKind::kMmap, 8, 2, 9, kPage, 4096);
  script_.Advance(1'001);
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1)});
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.removed.size(), 1u);
  EXPECT_EQ(look.removed[0].tgid, 8u);
  Take({late});  // does not bring it back
  EXPECT_EQ(All().size(), 1u);
  for (uint32_t tgid = 20; tgid < 25; ++tgid) {
    Take({script_.Make(EventKind::kFork, tgid, 100 + tgid, 1, 0, 7),
          script_.Make(EventKind::kExit, tgid, 0, 0)});
  }
  EXPECT_EQ(All().size(), 3u);
}

TEST_F(ProcessTableTest, TellsWhichCommandLinesToLookUp) {
  EXPECT_FALSE(table_->has_unresolved());
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1), script_.Make(EventKind::kBaseline, 8, 2, 1)});
  EXPECT_TRUE(table_->has_unresolved());
  EXPECT_EQ(table_->TakeUnresolved(1), (std::vector<ProcessKey>{{7, 17}}));
  EXPECT_EQ(table_->TakeUnresolved(9), (std::vector<ProcessKey>{{8, 18}}));
  EXPECT_FALSE(table_->has_unresolved());
  table_->SetCommandLine({7, 17}, "seven");
  // A child runs its parent's program; after exec it must be looked up.
  Take({script_.Make(EventKind::kFork, 9, 3, 1, 0, 7)});
  EXPECT_EQ(All().at(9).command_line, "seven");
  EXPECT_FALSE(table_->has_unresolved());
  Take({script_.Make(EventKind::kExec, 9, 4, 1)});
  EXPECT_EQ(All().at(9).command_line, "");
  EXPECT_TRUE(table_->has_unresolved());
  Take({script_.Make(EventKind::kExit, 9, 0, 0)});
  EXPECT_FALSE(table_->has_unresolved());
}

// Against a model that knows the order: random lives of processes, their
// records dealt to CPUs and read back a CPU at a time.
TEST(ProcessTableRandomTest, AgreesWithASimpleModel) {
  struct Simple {
    uint64_t mm = 0;
    int64_t held = 0;
    uint64_t requested = 0;
    bool ended = false;
  };
  for (uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    Script script;
    std::map<uint32_t, Simple> simple;
    std::map<uint64_t, uint64_t> pages;  // by mm
    std::vector<std::vector<Event>> cpus(3);
    uint32_t next_tgid = 10;
    uint64_t next_mm = 1;
    const auto emit = [&](const Event& event) { cpus[random() % 3].push_back(event); };
    for (int i = 0; i < 5; ++i) {
      const uint32_t tgid = next_tgid++;
      simple[tgid].mm = next_mm++;
      pages[simple[tgid].mm] = 100;
      cpus[0].push_back(script.Make(EventKind::kBaseline, tgid, simple[tgid].mm, 100));
    }
    const auto capture = fakes::MakeCapture();
    ProcessTable table;
    uint64_t epoch = 0;
    uint64_t revision = 0;
    std::map<ProcessKey, Process> client;  // lives on deltas alone
    for (int step = 0; step < 2'000; ++step) {
      auto it = simple.begin();
      std::advance(it, random() % simple.size());
      auto& [tgid, process] = *it;
      if (!process.ended) {
        switch (random() % 20) {
          case 0: {
            const uint32_t child = next_tgid++;
            const bool shares = random() % 3 == 0;
            const uint64_t mm = shares ? process.mm : next_mm++;
            pages[mm] = pages[process.mm];
            emit(script.Make(EventKind::kFork, child, mm, pages[mm], 0, tgid));
            simple[child].mm = mm;
            break;
          }
          case 1: {
            const uint64_t mm = next_mm++;
            emit(script.Make(EventKind::kMmap, tgid, mm, 5, 5 * kPage, 4096));
            process.requested += 5 * kPage;
            emit(script.Make(EventKind::kExec, tgid, mm, 6));
            pages[mm] = 6;
            process.mm = mm;
            process.held = 0;
            break;
          }
          case 2:
            if (simple.size() > 3 && random() % 2 == 0) {
              const bool last =
                  std::count_if(simple.begin(), simple.end(), [&, mm = process.mm](const auto& p) {
                    return !p.second.ended && p.second.mm == mm;
                  }) == 1;
              if (last) emit(script.Make(EventKind::kMmExit, tgid, process.mm, pages[process.mm]));
              emit(script.Make(EventKind::kExit, tgid, 0, 0));
              process.ended = true;
            }
            break;
          default: {
            const bool gives_back = random() % 2 == 0;
            const uint64_t length = 1 + random() % 50'000;
            const uint64_t rounded = (length + kPage - 1) / kPage;
            if (gives_back) {
              pages[process.mm] -= std::min(pages[process.mm], rounded);
              process.held -= static_cast<int64_t>(rounded * kPage);
            } else {
              pages[process.mm] += rounded;
              process.held += static_cast<int64_t>(rounded * kPage);
              process.requested += length;
            }
            emit(script.Make(gives_back ? EventKind::kMunmap : EventKind::kMmap, tgid, process.mm,
                             pages[process.mm], length));
          }
        }
      }
      if (random() % 30 == 0 || step == 1'999) {
        for (auto& cpu : cpus) {
          if (cpu.empty()) continue;
          table.Take(fakes::MakeBatch(capture, std::exchange(cpu, {})));
          const auto changes = table.ChangesSince(epoch, revision);
          epoch = changes.epoch;
          revision = changes.revision;
          if (changes.snapshot) client.clear();
          for (const Process& changed : changes.processes) client[changed.key] = changed;
          for (const ProcessKey& key : changes.removed) client.erase(key);
        }
      }
    }
    const auto look = table.ChangesSince(0, 0);
    ASSERT_EQ(look.processes.size(), simple.size());
    ASSERT_EQ(client.size(), simple.size());
    for (const Process& process : look.processes) {
      const Simple& expected = simple.at(process.key.tgid);
      ASSERT_EQ(process.held_bytes, static_cast<uint64_t>(std::max<int64_t>(0, expected.held)))
          << "seed " << seed << " tgid " << process.key.tgid;
      ASSERT_EQ(process.requested_bytes, expected.requested);
      ASSERT_EQ(process.end_ns != 0, expected.ended);
      if (!expected.ended) {
        ASSERT_EQ(process.virtual_size_bytes, pages[expected.mm] * kPage)
            << "seed " << seed << " tgid " << process.key.tgid;
      }
      ASSERT_EQ(process.mm_id, expected.mm);
      const Process& known = client.at(process.key);
      ASSERT_EQ(known.held_bytes, process.held_bytes);
      ASSERT_EQ(known.virtual_size_bytes, process.virtual_size_bytes);
      ASSERT_EQ(known.end_ns, process.end_ns);
    }
  }
}

TEST(ProcessTableThreadsTest, MayBeLookedAtWhileItTakes) {
  ProcessTable table;
  std::atomic<bool> over = false;
  std::thread reader([&] {
    uint64_t epoch = 0;
    uint64_t revision = 0;
    while (!over) {
      const auto changes = table.ChangesSince(epoch, revision);
      epoch = changes.epoch;
      revision = changes.revision;
      for (const ProcessKey& key : table.TakeUnresolved(10)) table.SetCommandLine(key, "line");
      table.Totals();
      std::this_thread::yield();
    }
  });
  Script script;
  const auto capture = fakes::MakeCapture();
  for (uint32_t i = 0; i < 500; ++i) {
    std::vector<Event> events;
    for (uint32_t tgid = 1; tgid < 20; ++tgid) {
      events.push_back(script.Make(EventKind::kMmap, tgid, tgid, i, kPage, 4096));
    }
    table.Take(fakes::MakeBatch(capture, std::move(events)));
  }
  over = true;
  reader.join();
  EXPECT_EQ(table.Totals().event_count, 500u * 19);
}

}  // namespace
}  // namespace memmon::processes
