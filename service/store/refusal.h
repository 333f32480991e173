// SPDX-License-Identifier: Apache-2.0
//
// Why a connection to PostgreSQL did not come about. libpq 15 has the error code of a failed
// statement alone; of a failed connection it is in the text, where that is asked to be verbose.
//
// Thread safety: pure functions.

#ifndef MEMMON_STORE_REFUSAL_H_
#define MEMMON_STORE_REFUSAL_H_

#include <string>
#include <string_view>

namespace memmon::store {

struct Refusal {
  std::string sqlstate;  // of the last server that was tried; empty where none answered
  std::string text;      // in one line, as it is without being verbose
};

// Of what PQerrorMessage says of a connection with PQERRORS_VERBOSE.
Refusal ReadRefusal(std::string_view message);

}  // namespace memmon::store

#endif  // MEMMON_STORE_REFUSAL_H_
