// SPDX-License-Identifier: Apache-2.0
//
// Tells a table what of each process is in RAM. The stream does not: memory comes
// and goes without a call. So /proc is read, once a second, while somebody looks at
// the table and not otherwise; what nobody looked at for two seconds is forgotten
// rather than kept until it is wrong.
//
// Cost: a small read a living process and second; ids that came round again are told
// apart with the next reading.
//
// Thread safety: a thread of its own. Ownership: the table and the reader must
// outlive it.

#ifndef MEMMON_PROCESSES_RESIDENT_SAMPLER_H_
#define MEMMON_PROCESSES_RESIDENT_SAMPLER_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "processes/process_table.h"
#include "processes/procfs.h"

namespace memmon::processes {

class ResidentSampler {
 public:
  ResidentSampler(ProcessTable* table, ProcessInfoReader* reader,
                  std::chrono::milliseconds interval = std::chrono::seconds(1));
  ~ResidentSampler();

 private:
  void Run();
  void Sample();

  ProcessTable* const table_;
  ProcessInfoReader* const reader_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool looked_ = false;  // since the last reading
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_RESIDENT_SAMPLER_H_
