// SPDX-License-Identifier: Apache-2.0
//
// What memmond's status means: is anything missing, what is wrong, and what to
// type. Words are made here, so that all who show them say the same.

#ifndef MEMMON_CTL_DIAGNOSIS_H_
#define MEMMON_CTL_DIAGNOSIS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ctl/messages.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

struct Problem {
  std::string what;
  std::string cure;  // what to type or do; may be empty
};

struct Diagnosis {
  // A capture has begun, and nothing was lost or missed since then.
  bool complete = false;
  bool capturing = false;  // a capture has begun
  uint64_t lost = 0;       // records, before the process table
  std::vector<Problem> problems;
  std::vector<std::string> notes;  // worth knowing, not wrong
};

Diagnosis Diagnose(const v1::GetStatusResponse& status, const Messages& messages);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_DIAGNOSIS_H_
