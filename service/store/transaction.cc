// SPDX-License-Identifier: Apache-2.0

#include "store/transaction.h"

#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"

namespace memmon::store {

Transaction::Transaction(pqxx::transaction_base* work, Watchdog::Watch* watch,
                         std::chrono::milliseconds limit)
    : work_(work), watch_(watch) {
  // To compile a statement takes longer than these take to answer, and its
  // cost is thought to be that of all days, before those it needs are known.
  Renew();
  work_->exec(
      absl::StrCat("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                   "SET LOCAL timezone = 'UTC'; SET LOCAL client_encoding = 'UTF8';"
                   "SET LOCAL jit = off; SET LOCAL statement_timeout = ",
                   limit.count()));
}

pqxx::result Transaction::Exec(const std::string& sql, const std::vector<std::string>& parameters) {
  Renew();
  return work_->exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
}

void Transaction::Commit() {
  Renew();
  work_->commit();
}

}  // namespace memmon::store
