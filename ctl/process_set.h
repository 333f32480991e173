// SPDX-License-Identifier: Apache-2.0
//
// The processes as StreamProcesses tells them: a snapshot, then changes; and what
// each asks for now. Not thread-safe.

#ifndef MEMMON_CTL_PROCESS_SET_H_
#define MEMMON_CTL_PROCESS_SET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

// A process and how often it calls.
struct ProcessRow {
  v1::Process process;
  double calls_per_second = 0;  // mmap, munmap and failed ones
};

class ProcessSet {
 public:
  void Apply(const v1::StreamProcessesResponse& response);
  // Works out the calls a second since the last time it was called.
  void Tick(absl::Time now);

  std::vector<ProcessRow> Rows() const;
  size_t size() const { return entries_.size(); }
  const v1::HostTotals& totals() const { return totals_; }
  double events_per_second() const { return events_per_second_; }

 private:
  using Id = std::pair<uint32_t, uint64_t>;  // pid and start_ns
  struct Entry {
    ProcessRow row;
    // At the last tick; not set for what came since.
    std::optional<uint64_t> calls_before;
  };

  std::map<Id, Entry> entries_;
  v1::HostTotals totals_;
  std::optional<uint64_t> events_before_;
  double events_per_second_ = 0;
  std::optional<absl::Time> ticked_;
};

// Largest first, names and ids upwards; what is equal, by pid.
void Sort(v1::ProcessOrder order, bool reverse, std::vector<ProcessRow>* rows);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_PROCESS_SET_H_
