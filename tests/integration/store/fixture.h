// SPDX-License-Identifier: Apache-2.0
//
// A test with a database of its own on the program's private server.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_H_
#define MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fixture_events.h"
#include "private_cluster.h"
#include "store/connection.h"
#include "store/postgres_store.h"

namespace memmon::test {

class StoreTest : public testing::Test {
 protected:
  StoreTest();

  static PrivateCluster& cluster();

  store::PostgresStoreOptions options() const;
  std::unique_ptr<store::Store> Open() { return Open(options()); }
  std::unique_ptr<store::Store> Open(const store::PostgresStoreOptions& options);
  // Waits for `done`, for minutes at most; says whether it came.
  static bool Eventually(const std::function<bool()>& done);
  static void Drain(store::Store& store);
  // The server does so with every batch of events that it is sent.
  void OnEachBatch(const std::string& plpgsql);

  // On a connection of the test's.
  std::unique_ptr<store::Connection> Connect();
  store::Connection::Rows Rows(const std::string& sql);
  std::string Value(const std::string& sql);
  // Stored events of all kinds, having checked that none is there twice, and
  // that the rollups count each of their calls once.
  uint64_t StoredCount();

  std::string database_;
  store::StopSwitch stop_;
};

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_H_
