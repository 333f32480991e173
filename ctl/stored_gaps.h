// SPDX-License-Identifier: Apache-2.0
//
// What is missing from what is stored: events that were lost, of all processes
// together, times in which nothing was captured, and what is later than all of it.

#ifndef MEMMON_CTL_STORED_GAPS_H_
#define MEMMON_CTL_STORED_GAPS_H_

#include <optional>

#include "absl/time/time.h"
#include "ctl/command.h"
#include "ctl/connection.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

using StoredGaps = google::protobuf::RepeatedPtrField<v1::HistoryGap>;

// Those that have a part in [since, until). What the kernel lost is known to the minute, or
// to a 2,000th of a longer span. `last_stored`: when the last event was that is stored; not set
// where nothing is, or by a memmond that does not say.
grpc::Status ReadGaps(const Connection& connection, absl::Time since, absl::Time until,
                      StoredGaps* gaps, std::optional<absl::Time>* last_stored);

// A line each, on the error stream.
void TellGaps(const Context& context, const StoredGaps& gaps);

// A line on the error stream where a span reaches further than what is stored by more than a
// minute: less than that what has just happened may be on its way.
void TellLastStored(const Context& context, std::optional<absl::Time> last_stored,
                    absl::Time until);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_STORED_GAPS_H_
