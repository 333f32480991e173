// SPDX-License-Identifier: Apache-2.0

#include "store/null_store.h"

namespace memmon::store {
namespace {

absl::Status NoHistory() {
  return absl::FailedPreconditionError(
      "no database is configured, so there is no history; start memmond with "
      "--database=postgresql://HOST/DATABASE");
}

}  // namespace

void NullStore::Take(const model::SharedBatch&) {}

absl::Status NullStore::Drain(std::chrono::milliseconds) { return absl::OkStatus(); }

absl::StatusOr<EventPage> NullStore::ListEvents(const EventQuery&) { return NoHistory(); }

absl::StatusOr<BackfillPage> NullStore::Backfill(const BackfillQuery&) { return NoHistory(); }

absl::StatusOr<ProcessHistory> NullStore::GetProcessHistory(const HistoryQuery&) {
  return NoHistory();
}

absl::StatusOr<StoredProcesses> NullStore::GetProcesses(const ProcessesQuery&) {
  return NoHistory();
}

absl::StatusOr<RequestedSummary> NullStore::GetRequested(const RequestedQuery&) {
  return NoHistory();
}

absl::StatusOr<Activity> NullStore::GetActivity(const ActivityQuery&) { return NoHistory(); }

StoreStatus NullStore::status() const {
  StoreStatus status;
  status.counters.name = "store";
  return status;
}

}  // namespace memmon::store
