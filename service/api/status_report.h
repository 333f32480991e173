// SPDX-License-Identifier: Apache-2.0
//
// Gathers what GetStatus says from everybody who knows a part of it.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_API_STATUS_REPORT_H_
#define MEMMON_API_STATUS_REPORT_H_

#include <cstdint>

#include "api/details.h"
#include "api/parts.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

class StatusReport {
 public:
  explicit StatusReport(Parts parts);

  // For a caller who is shown `details`. `response` comes empty.
  void Fill(Details details, v1::GetStatusResponse* response) const;

 private:
  const Parts parts_;
  const int64_t start_unix_ns_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_STATUS_REPORT_H_
