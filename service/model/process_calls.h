// SPDX-License-Identifier: Apache-2.0
//
// What a process has called, as it is told. Plain values.

#ifndef MEMMON_MODEL_PROCESS_CALLS_H_
#define MEMMON_MODEL_PROCESS_CALLS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "model/event.h"

namespace memmon::model {

struct KindCount {
  EventKind kind{};
  uint64_t count = 0;

  friend bool operator==(const KindCount&, const KindCount&) = default;
};

// Calls that failed with one error.
struct FailureCount {
  uint32_t error = 0;  // errno; 0: any of those there was no room for
  uint64_t count = 0;
  uint64_t largest_bytes = 0;  // that one of them asked for

  friend bool operator==(const FailureCount&, const FailureCount&) = default;
};

// Requests of 2^exponent to 2^(exponent + 1) - 1 bytes.
struct SizeCount {
  uint32_t exponent = 0;
  uint64_t succeeded = 0;
  uint64_t failed = 0;

  friend bool operator==(const SizeCount&, const SizeCount&) = default;
};

// A program that it began to run.
struct ExecMark {
  uint64_t time_ns = 0;  // CLOCK_BOOTTIME
  std::array<char, 16> comm{};

  friend bool operator==(const ExecMark&, const ExecMark&) = default;
};

// What events of a kind changed of the virtual size beyond what they changed of what is held.
struct SizeChange {
  EventKind kind{};
  int64_t bytes = 0;

  friend bool operator==(const SizeChange&, const SizeChange&) = default;
};

struct ProcessCalls {
  std::vector<KindCount> counts;       // by kind
  std::vector<FailureCount> failures;  // the most frequent first
  std::vector<SizeCount> sizes;        // of MMAPs; the smallest first
  std::vector<ExecMark> execs;         // the latest, oldest first
  std::vector<SizeChange> size_changes;
  EventKind size_began{};  // kExec, kFork, or 0 where what came before is not known
  uint64_t size_began_bytes = 0;
  uint64_t missed_since_ns = 0;  // CLOCK_BOOTTIME; 0 where no record was lost that may be its own
  int64_t realtime_offset_ns = 0;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_PROCESS_CALLS_H_
