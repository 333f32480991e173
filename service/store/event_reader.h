// SPDX-License-Identifier: Apache-2.0
//
// Answers ListEvents, over connections of its own (a few, opened when asked
// for), so that queries never wait for the writer.
//
// The event table has no btree, only BRIN on time: cheap to write, and quick
// for a stretch of time, but it cannot say which row comes next. So a page is
// searched in windows of time, newest first, that grow while they find little.
// Windows jump over times in which no capture has events.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_EVENT_READER_H_
#define MEMMON_STORE_EVENT_READER_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace memmon::store {

class EventReader {
 public:
  // `conninfo` as CompleteConninfo gives it.
  EventReader(std::string conninfo, std::string machine_id, std::chrono::milliseconds limit);
  ~EventReader();

  absl::StatusOr<EventPage> ListEvents(const EventQuery& query);

 private:
  class Pool;
  absl::StatusOr<EventPage> Ask(const EventQuery& query);

  const std::string machine_id_;
  const std::chrono::milliseconds limit_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_READER_H_
