// SPDX-License-Identifier: Apache-2.0
//
// How much all processes of a host asked for, step by step, from minutes, hours
// and days.

#ifndef MEMMON_STORE_HOST_ACTIVITY_H_
#define MEMMON_STORE_HOST_ACTIVITY_H_

#include <cstdint>
#include <string>

#include "store/history.h"

namespace memmon::store {

class Transaction;

// A step that the span begins in is there as a whole.
Activity ReadActivity(Transaction* work, const std::string& machine_id, const ActivityQuery& query,
                      int64_t now_us);

}  // namespace memmon::store

#endif  // MEMMON_STORE_HOST_ACTIVITY_H_
