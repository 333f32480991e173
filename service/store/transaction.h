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
#include <string>
#include <vector>

#include "store/watchdog.h"

namespace pqxx {
class result;
class transaction_base;
}  // namespace pqxx

namespace memmon::store {

class Transaction {
 public:
  // `work` has begun, and `watch`, of its connection, has a little more than `limit`; both must
  // outlive it.
  Transaction(pqxx::transaction_base* work, Watchdog::Watch* watch,
              std::chrono::milliseconds limit);

  // One statement with parameters $1..., which has all of the limit. The server refuses several.
  template <typename... Parameters>
  auto Exec(const std::string& sql, const Parameters&... parameters) {
    Renew();
    // Where it is called libpqxx is known; this header keeps it from those who only hand it on.
    return [&](auto* work) { return work->exec_params(sql, parameters...); }(work_);
  }
  pqxx::result Exec(const std::string& sql, const std::vector<std::string>& parameters);

  // The server is not waited for meanwhile: what is done between two statements takes long.
  void Renew() { watch_->Renew(); }
  void Commit();

 private:
  pqxx::transaction_base* const work_;
  Watchdog::Watch* const watch_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_TRANSACTION_H_
