// SPDX-License-Identifier: Apache-2.0
//
// The pie: the largest processes by some measure, and all others together.

#ifndef MEMMON_API_SUMMARY_H_
#define MEMMON_API_SUMMARY_H_

#include <grpcpp/support/status.h>

#include "memmon/v1/memmon.pb.h"
#include "model/process.h"
#include "store/history.h"

namespace memmon::api {

inline constexpr int kDefaultSlices = 10;
inline constexpr int kMaxSlices = 100;

// INVALID_ARGUMENT that names the field.
grpc::Status CheckSummaryRequest(const v1::GetSummaryRequest& request);

// Whether slices are measured by what was requested.
bool IsOfRequested(const v1::GetSummaryRequest& request);

// `everything`: a snapshot. `request` is a checked one.
//
// Requested bytes count since the capture began: what processes asked for that
// are forgotten by now is in `others`. Held and virtual size count what is
// there now: ended processes have none, and an address space that processes
// share counts once, for the process that began first.
void Summarize(const model::ProcessChanges& everything, const v1::GetSummaryRequest& request,
               v1::GetSummaryResponse* response);

// What was requested in a span, as the store found it.
void SummarizeRequested(const store::RequestedSummary& requested, v1::GetSummaryResponse* response);

}  // namespace memmon::api

#endif  // MEMMON_API_SUMMARY_H_
