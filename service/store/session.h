// SPDX-License-Identifier: Apache-2.0
//
// What every connection that writes says first.

#ifndef MEMMON_STORE_SESSION_H_
#define MEMMON_STORE_SESSION_H_

namespace memmon::store {

// Nothing may wait for ever: not for a lock, and nobody for us.
inline constexpr char kSession[] =
    "SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '60s'; SET statement_timeout = 0";

}  // namespace memmon::store

#endif  // MEMMON_STORE_SESSION_H_
