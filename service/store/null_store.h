// SPDX-License-Identifier: Apache-2.0
//
// Stands in where no database is configured: keeps nothing, and says so.

#ifndef MEMMON_STORE_NULL_STORE_H_
#define MEMMON_STORE_NULL_STORE_H_

#include "store/store.h"

namespace memmon::store {

class NullStore : public Store {
 public:
  void Take(const model::SharedBatch& batch) override;
  absl::Status Drain(std::chrono::milliseconds limit) override;
  void EndQueries() override {}
  absl::StatusOr<EventPage> ListEvents(const EventQuery& query) override;
  absl::StatusOr<BackfillPage> Backfill(const BackfillQuery& query) override;
  absl::StatusOr<ProcessHistory> GetProcessHistory(const HistoryQuery& query) override;
  absl::StatusOr<StoredProcesses> GetProcesses(const ProcessesQuery& query) override;
  absl::StatusOr<RequestedSummary> GetRequested(const RequestedQuery& query) override;
  absl::StatusOr<Activity> GetActivity(const ActivityQuery& query) override;
  StoreStatus status() const override;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_NULL_STORE_H_
