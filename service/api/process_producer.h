// SPDX-License-Identifier: Apache-2.0
//
// The messages of StreamProcesses: a snapshot, then what changed since the
// message before, at most once an interval. A slow client gets fewer, larger
// changes.
//
// What is too much for one message goes on in those that follow at once: the
// rest of a snapshot as changes. Of the rest the keys alone are kept, and looked up
// when the client takes it: one that stands still holds no copy of the table.

#ifndef MEMMON_API_PROCESS_PRODUCER_H_
#define MEMMON_API_PROCESS_PRODUCER_H_

#include <chrono>
#include <cstddef>
#include <vector>

#include "api/details.h"
#include "api/process_selection.h"
#include "api/producer.h"
#include "memmon/v1/memmon.pb.h"
#include "processes/process_table.h"

namespace memmon::api {

// Most processes in one message: 500 with the longest command lines take less than
// 250 kB. Clients accept 4 MB by default, but one that stands still keeps memmond
// holding what it was sent.
inline constexpr size_t kMaxProcessesPerMessage = 500;

struct ProcessStreamOptions {
  std::chrono::milliseconds interval{100};
  model::ProcessFilter filter{};
  model::ProcessOrder order = model::ProcessOrder::kHeld;
  uint32_t limit = 0;  // 0: all
  Details details = Details::kHidden;

  // Whether anybody is left out.
  bool selects() const { return limit != 0 || !filter.empty(); }
};

class ProcessProducer final : public Producer<v1::StreamProcessesResponse> {
 public:
  // `table` must outlive the producer.
  ProcessProducer(const processes::ProcessTable* table, ProcessStreamOptions options);

  bool Next(bool last, v1::StreamProcessesResponse* message, Clock::time_point* again) override;

 private:
  void Begin(bool snapshot, v1::StreamProcessesResponse* message);
  // What a message ends with; behind the last of a look, who was removed.
  void End(v1::StreamProcessesResponse* message);

  const processes::ProcessTable* const table_;
  const std::chrono::milliseconds interval_;
  const Details details_;
  const bool selects_;
  ProcessSelection selection_;
  Clock::time_point due_ = Clock::time_point::min();
  // Where the table was when it was last looked at.
  uint64_t table_epoch_ = 0;
  uint64_t table_revision_ = 0;
  // What the client has not been told yet of that look.
  std::vector<model::ProcessKey> rest_;
  size_t next_ = 0;  // in rest_
  std::vector<model::ProcessKey> removed_;
  model::HostTotals totals_;
  // What the client is told: a table may begin a snapshot anew within its
  // epoch, a stream may not.
  uint64_t epoch_ = 0;
  uint64_t revision_ = 0;
};

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_PRODUCER_H_
