// SPDX-License-Identifier: Apache-2.0
//
// Random lives of processes on a machine of three CPUs, as a stream of it would
// tell them: each CPU's records in order, the CPUs read one after the other.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_RANDOM_LIVES_H_
#define MEMMON_TESTS_INTEGRATION_STORE_RANDOM_LIVES_H_

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "model/batch.h"

namespace memmon::test {

struct Lives {
  std::shared_ptr<const model::Capture> capture;
  std::vector<model::SharedBatch> batches;  // as they are read
  std::vector<model::Event> in_time;        // the same events
  std::vector<model::ProcessKey> keys;      // of all processes
  // Those that ever shared an address space: others may have changed its size.
  std::set<model::ProcessKey> sharers;

  int64_t UnixNs(const model::Event& event) const {
    return static_cast<int64_t>(event.time_ns) + capture->realtime_offset_ns;
  }
};

// From noon (see fixture_events.h) on. They map and unmap, fork (sometimes into
// one address space), fail, run exec (sometimes into an address space whose id
// the process had before), and end. Something happens five times a second, or that
// many times less often.
Lives RandomLives(uint32_t seed, int seconds, uint64_t slower = 1);

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_RANDOM_LIVES_H_
