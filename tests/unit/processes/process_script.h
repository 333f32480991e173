// SPDX-License-Identifier: Apache-2.0
//
// Lives of processes, and a table that is told of them.

#ifndef MEMMON_TESTS_UNIT_PROCESSES_PROCESS_SCRIPT_H_
#define MEMMON_TESTS_UNIT_PROCESSES_PROCESS_SCRIPT_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/event_builder.h"
#include "processes/process_table.h"

namespace memmon::processes {

using model::Event;
using model::EventKind;
using model::Process;
using model::ProcessKey;

inline constexpr uint64_t kPage = 4096;

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

  Event ResyncEnd(uint64_t began_ns, int64_t result) {
    Event event;
    event.kind = EventKind::kResyncEnd;
    event.flags = model::kFlagNoAddressSpace;
    event.time_ns = ++now_;
    event.start_ns = began_ns;
    event.result = result;
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

}  // namespace memmon::processes

#endif  // MEMMON_TESTS_UNIT_PROCESSES_PROCESS_SCRIPT_H_
