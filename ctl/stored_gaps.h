// SPDX-License-Identifier: Apache-2.0
//
// What is missing from what is stored: events that were lost, of all processes
// together, and times in which nothing was captured.

#ifndef MEMMON_CTL_STORED_GAPS_H_
#define MEMMON_CTL_STORED_GAPS_H_

#include "absl/time/time.h"
#include "ctl/command.h"
#include "ctl/connection.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

using StoredGaps = google::protobuf::RepeatedPtrField<v1::HistoryGap>;

// Those that have a part in [since, until). What the kernel lost is known to the minute, or
// to a 2,000th of a longer span.
grpc::Status ReadGaps(const Connection& connection, absl::Time since, absl::Time until,
                      StoredGaps* gaps);

// A line each, on the error stream.
void TellGaps(const Context& context, const StoredGaps& gaps);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_STORED_GAPS_H_
