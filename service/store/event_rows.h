// SPDX-License-Identifier: Apache-2.0
//
// Rows of memmon.event as events.

#ifndef MEMMON_STORE_EVENT_ROWS_H_
#define MEMMON_STORE_EVENT_ROWS_H_

#include <string>

#include "store/stored_event.h"

namespace pqxx {
class row;
}

namespace memmon::store {

// What to select; `e` is the event's row, `c` its capture's.
std::string StoredEventColumnsSql();

// From those columns, the first of which is `column`.
StoredEvent StoredEventFrom(const pqxx::row& row, int column);

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_ROWS_H_
