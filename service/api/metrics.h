// SPDX-License-Identifier: Apache-2.0
//
// The status as Prometheus reads it. Base units; no label grows with the
// number of processes.

#ifndef MEMMON_API_METRICS_H_
#define MEMMON_API_METRICS_H_

#include <string>

#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

// Text format 0.0.4. `summary`: whose slices are shown by name.
std::string RenderMetrics(const v1::GetStatusResponse& status,
                          const v1::GetSummaryResponse& summary);

}  // namespace memmon::api

#endif  // MEMMON_API_METRICS_H_
