// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "process_script.h"

namespace memmon::processes {
namespace {

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
