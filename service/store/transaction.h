// SPDX-License-Identifier: Apache-2.0
//
// A transaction that only reads, and sees one state of the database. Each of its statements is
// answered in time, or fails: the server ends it at the limit by itself, and where the server
// does not even do that its connection is ended.
//
// Not thread-safe.

#ifndef MEMMON_STORE_TRANSACTION_H_
#define MEMMON_STORE_TRANSACTION_H_

#include <chrono>

#include "store/watchdog.h"

namespace pqxx {
class transaction_base;
}

namespace memmon::store {

class Transaction {
 public:
  // `work` has begun, and `watch`, of its connection, has a little more than `limit`; both must
  // outlive it.
  Transaction(pqxx::transaction_base* work, Watchdog::Watch* watch,
              std::chrono::milliseconds limit);

  // For one statement: it has all of the limit.
  pqxx::transaction_base& Statement();
  void Commit();

 private:
  pqxx::transaction_base* const work_;
  Watchdog::Watch* const watch_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_TRANSACTION_H_
