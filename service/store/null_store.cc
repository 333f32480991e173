// SPDX-License-Identifier: Apache-2.0

#include "store/null_store.h"

namespace memmon::store {

void NullStore::Take(const model::SharedBatch&) {}

absl::Status NullStore::Drain(std::chrono::milliseconds) { return absl::OkStatus(); }

absl::StatusOr<EventPage> NullStore::ListEvents(const EventQuery&) {
  return absl::FailedPreconditionError(
      "no database is configured, so there is no history; start memmond with "
      "--database=postgresql://HOST/DATABASE");
}

StoreStatus NullStore::status() const {
  StoreStatus status;
  status.counters.name = "store";
  return status;
}

}  // namespace memmon::store
