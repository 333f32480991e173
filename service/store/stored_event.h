// SPDX-License-Identifier: Apache-2.0
//
// An event as the database gives it back. Plain values.

#ifndef MEMMON_STORE_STORED_EVENT_H_
#define MEMMON_STORE_STORED_EVENT_H_

#include <cstdint>

#include "model/event.h"

namespace memmon::store {

struct StoredEvent {
  model::Event event;  // without lost_until_ns, which is not stored
  int64_t time_unix_ns = 0;
  // Its cgroup is of one of the containers that the question names; true where it names
  // none.
  bool in_containers = true;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_STORED_EVENT_H_
