// SPDX-License-Identifier: Apache-2.0

#include "fixture.h"

#include <chrono>
#include <thread>

#include "shared_cluster.h"

namespace memmon::test {

StoreTest::StoreTest() : database_(cluster().CreateDatabase()) {}

PrivateCluster& StoreTest::cluster() { return SharedCluster(); }

store::PostgresStoreOptions StoreTest::options() const {
  store::PostgresStoreOptions options;
  options.conninfo = cluster().conninfo(database_);
  options.machine_id = "test-machine";
  options.host_name = "test-host";
  options.first_pause = std::chrono::milliseconds(10);
  options.longest_pause = std::chrono::milliseconds(100);
  options.batch_delay = std::chrono::milliseconds(20);
  return options;
}

std::unique_ptr<store::Store> StoreTest::Open(const store::PostgresStoreOptions& options) {
  auto store = store::OpenPostgresStore(options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

bool StoreTest::Eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void StoreTest::Drain(store::Store& store) {
  const absl::Status status = store.Drain(std::chrono::minutes(5));
  EXPECT_TRUE(status.ok()) << status << " " << store.status().problem;
}

void StoreTest::OnEachBatch(const std::string& plpgsql) {
  auto connection = Connect();
  ASSERT_TRUE(connection
                  ->Execute("CREATE OR REPLACE FUNCTION public.on_batch() RETURNS trigger"
                            " LANGUAGE plpgsql AS $$ BEGIN " +
                            plpgsql +
                            " RETURN NULL; END $$;"
                            "CREATE OR REPLACE TRIGGER on_batch BEFORE INSERT ON memmon.event"
                            " FOR EACH STATEMENT EXECUTE FUNCTION public.on_batch()")
                  .ok());
}

std::unique_ptr<store::Connection> StoreTest::Connect() {
  auto connection = store::Connection::Open(cluster().conninfo(database_),
                                            std::chrono::milliseconds(10'000), &stop_);
  EXPECT_TRUE(connection.ok()) << connection.status();
  return *std::move(connection);
}

store::Connection::Rows StoreTest::Rows(const std::string& sql) {
  auto rows = Connect()->QueryLast(sql);
  EXPECT_TRUE(rows.ok()) << sql << ": " << rows.status();
  return rows.ok() ? *rows : store::Connection::Rows{};
}

std::string StoreTest::Value(const std::string& sql) {
  const auto rows = Rows(sql);
  EXPECT_EQ(rows.size(), 1u) << sql;
  return rows.size() == 1 ? rows[0][0] : "";
}

uint64_t StoreTest::StoredCount() {
  const auto row = Rows(
      "SELECT count(*), count(DISTINCT (host_id, capture_row, cpu, sequence)) FROM memmon.event");
  EXPECT_EQ(row[0][0], row[0][1]) << "rows are doubled";
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.event WHERE kind IN (16, 17) AND tgid <> 0"),
            Value("SELECT coalesce(sum(mmap_count + munmap_count + failed_count), 0)"
                  " FROM memmon.process_minute"))
      << "the rollups say something else";
  return std::stoull(row[0][0]);
}

}  // namespace memmon::test
