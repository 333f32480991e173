// SPDX-License-Identifier: Apache-2.0
//
// Answers ListEvents.
//
// The event table has no btree, only BRIN on time: cheap to write, and quick
// for a stretch of time, but it cannot say which row comes next. So a page is
// searched in windows of time, newest first, that grow while they find little.
// Windows jump over times in which no capture has events.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_EVENT_READER_H_
#define MEMMON_STORE_EVENT_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "store/query_pool.h"
#include "store/store.h"

namespace memmon::store {

class EventReader {
 public:
  // `pool` must outlive it.
  EventReader(QueryPool* pool, std::string machine_id);

  absl::StatusOr<EventPage> ListEvents(const EventQuery& query);

 private:
  QueryPool* const pool_;
  const std::string machine_id_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_READER_H_
