// SPDX-License-Identifier: Apache-2.0
//
// Gives the processes of a table their command lines, parents and containers, from
// /proc, and the names of their users, on a thread of its own. For the running kernel's stream
// alone: a recording's processes are not those of /proc.
//
// It also asks which container their cgroups are of, as long as these are there: who needs
// the name later, to store it for one, finds it known.
//
// What waits is a flag on a process in the table, so nothing is lost while it
// lives, and nothing grows. Take never waits for /proc.
//
// Thread safety: Take is the pump's; all else, from any thread. Ownership: the
// table, the reader and the names must outlive it. It must come after the table in the
// pump's list of sinks.

#ifndef MEMMON_PROCESSES_ENRICHER_H_
#define MEMMON_PROCESSES_ENRICHER_H_

#include <condition_variable>
#include <mutex>
#include <thread>

#include "model/container_names.h"
#include "model/sink.h"
#include "processes/process_table.h"
#include "processes/procfs.h"
#include "processes/user_names.h"

namespace memmon::processes {

class Enricher : public model::Sink {
 public:
  // `containers` may be null.
  Enricher(ProcessTable* table, ProcessInfoReader* reader, model::ContainerNames* containers);
  ~Enricher() override;  // waits for the look-up that runs

  // Looks whether the batch brought the table processes to look up.
  void Take(const model::SharedBatch& batch) override;

 private:
  void Run();

  ProcessTable* const table_;
  ProcessInfoReader* const reader_;
  model::ContainerNames* const containers_;
  UserNames user_names_;  // the thread's
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_ENRICHER_H_
