// SPDX-License-Identifier: Apache-2.0
//
// Rows of memmon.event as events.

#ifndef MEMMON_STORE_EVENT_ROWS_H_
#define MEMMON_STORE_EVENT_ROWS_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/stored_event.h"

namespace pqxx {
class row;
}

namespace memmon::store {

// What to select; `e` is the event's row, `c` its capture's.
std::string StoredEventColumnsSql();

// Whether the event `e` is of a container that one of the patterns in parameter $n, an
// array of texts as ContainerPatterns makes it, names. `host_sql`: its host_id. Found once
// for all rows.
std::string InContainersSql(size_t n, std::string_view host_sql);
std::string ContainerPatterns(const std::vector<std::string>& globs);

// From those columns, the first of which is `column`.
StoredEvent StoredEventFrom(const pqxx::row& row, int column);

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_ROWS_H_
