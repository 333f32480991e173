// SPDX-License-Identifier: Apache-2.0

#include "store/migrations.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "fixture.h"

namespace memmon::test {
namespace {

using store::EmbeddedMigrations;
using store::MigrateDown;
using store::MigrateUp;

class MigrationsTest : public StoreTest {
 protected:
  // Everything of memmon's in the database, by name and shape.
  std::string Shape() {
    return Value(
        "SELECT coalesce(string_agg(c.relname || ':' || a.attname || ':' ||"
        " format_type(a.atttypid, a.atttypmod), ',' ORDER BY c.relname, a.attnum), '')"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = to_regnamespace('memmon')");
  }
  void ExpectRefused(const absl::Status& status, const std::string& word) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_NE(std::string(status.message()).find(word), std::string::npos) << status;
    // The cure.
    EXPECT_NE(std::string(status.message()).find("createdb"), std::string::npos) << status;
  }
};

// Whoever waits for it longer than a service manager does is killed, and begins anew for ever.
TEST_F(MigrationsTest, ALongOneIsNotWaitedForAndEventsWait) {
  auto other = Connect();
  // As long as another memmond migrates.
  ASSERT_TRUE(other->Execute("BEGIN; SELECT pg_advisory_xact_lock(x'6d656d6d6f6e'::bigint)").ok());
  auto impatient = options();
  impatient.start_limit = std::chrono::milliseconds(1);
  auto store = Open(impatient);
  EXPECT_EQ(store->status().state, store::StoreState::kDown);
  // First it connects.
  EXPECT_TRUE(Eventually([&] {
    return store->status().problem.find("are being brought to the form") != std::string::npos;
  })) << store->status().problem;
  EXPECT_EQ(store->status().state, store::StoreState::kDown);
  EXPECT_EQ(store->ListEvents({}).status().code(), absl::StatusCode::kUnavailable);
  store->Take(MakeBatch(MakeCapture(), 0, 0, 100));
  ASSERT_TRUE(other->Execute("COMMIT").ok());
  Drain(*store);
  EXPECT_EQ(store->status().state, store::StoreState::kConnected);
  EXPECT_EQ(store->status().problem, "");
  EXPECT_EQ(StoredCount(), 100u);
}

TEST_F(MigrationsTest, UpDownUpGivesTheSameSchema) {
  auto connection = Connect();
  auto version = MigrateUp(*connection, EmbeddedMigrations());
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(*version, static_cast<int>(EmbeddedMigrations().size()));
  const std::string shape = Shape();
  EXPECT_NE(shape.find("event:event_time:timestamp with time zone"), std::string::npos) << shape;
  EXPECT_NE(shape.find("memory_log:pid:integer"), std::string::npos);

  // Partitions go with their table.
  Value("SELECT memmon.make_event_partition(date '2026-11-22')");
  for (int down = *version - 1; down >= 0; --down) {
    const auto reached = MigrateDown(*connection, EmbeddedMigrations(), down);
    ASSERT_TRUE(reached.ok()) << reached.status();
    EXPECT_EQ(*reached, down);
    if (down > 0) {
      EXPECT_EQ(Value("SELECT max(version) FROM memmon.schema_migrations"), std::to_string(down));
    }
  }
  EXPECT_EQ(Value("SELECT to_regnamespace('memmon') IS NULL"), "t");

  ASSERT_TRUE(MigrateUp(*connection, EmbeddedMigrations()).ok());
  EXPECT_EQ(Shape(), shape);
  // And from the top to the bottom at once.
  ASSERT_TRUE(MigrateDown(*connection, EmbeddedMigrations(), 0).ok());
  EXPECT_EQ(Value("SELECT to_regnamespace('memmon') IS NULL"), "t");
}

// Each step with rows, partitions and roles' worth of use in the tables.
TEST_F(MigrationsTest, GoesBackAndForthOnAFullDatabase) {
  {
    auto store = Open();
    store->Take(MakeBatch(MakeCapture(), 0, 0, 5'000));
    Drain(*store);
  }
  auto connection = Connect();
  const std::string shape = Shape();
  const std::string events = "SELECT count(*) || ' ' || sum(sequence) FROM memmon.event";
  const std::string before = Value(events);
  // Down to the tables themselves no event is lost.
  for (int down = static_cast<int>(EmbeddedMigrations().size()) - 1; down >= 1; --down) {
    ASSERT_TRUE(MigrateDown(*connection, EmbeddedMigrations(), down).ok()) << down;
    EXPECT_EQ(Value(events), before) << down;
  }
  EXPECT_EQ(Value("SELECT to_regclass('memmon.process_minute') IS NULL"), "t");
  {
    // Up again by starting memmond; what was stored is known, and more is added.
    auto store = Open();
    store->Take(MakeBatch(MakeCapture(), 0, 0, 6'000));
    Drain(*store);
  }
  EXPECT_EQ(Value("SELECT count(*) || ' ' || sum(sequence) FROM memmon.event"), "6000 17997000");
  EXPECT_EQ(Value("SELECT sum(mmap_count + munmap_count) FROM memmon.process_minute"), "1000");
  ASSERT_TRUE(MigrateDown(*connection, EmbeddedMigrations(), 0).ok());
  EXPECT_EQ(Value("SELECT to_regnamespace('memmon') IS NULL"), "t");
}

TEST_F(MigrationsTest, ASecondRunChangesNothing) {
  auto connection = Connect();
  ASSERT_TRUE(MigrateUp(*connection, EmbeddedMigrations()).ok());
  const std::string when = Value("SELECT max(applied_time) FROM memmon.schema_migrations");
  ASSERT_TRUE(MigrateUp(*connection, EmbeddedMigrations()).ok());
  EXPECT_EQ(Value("SELECT max(applied_time) FROM memmon.schema_migrations"), when);
}

TEST_F(MigrationsTest, AFailedMigrationLeavesTheVersionBeforeIt) {
  auto migrations = EmbeddedMigrations();
  const int good = static_cast<int>(migrations.size());
  migrations.push_back({good + 1, "broken", "sum", "CREATE TABLE memmon.half (); SELECT 1/0", ""});
  auto connection = Connect();
  auto version = MigrateUp(*connection, migrations);
  ASSERT_FALSE(version.ok());
  EXPECT_NE(std::string(version.status().message()).find("(broken) up"), std::string::npos)
      << version.status();
  EXPECT_EQ(Value("SELECT max(version) FROM memmon.schema_migrations"), std::to_string(good));
  EXPECT_EQ(Value("SELECT to_regclass('memmon.half') IS NULL"), "t");
  // The connection is of use afterwards.
  EXPECT_TRUE(MigrateUp(*connection, EmbeddedMigrations()).ok());
}

TEST_F(MigrationsTest, RefusesAnotherTextOfAnAppliedMigration) {
  ASSERT_TRUE(MigrateUp(*Connect(), EmbeddedMigrations()).ok());
  auto altered = EmbeddedMigrations();
  altered[0].checksum = "another";
  ExpectRefused(MigrateUp(*Connect(), altered).status(), "another text of migration 1 (tables)");
}

TEST_F(MigrationsTest, RefusesANewerDatabaseAtStart) {
  ASSERT_TRUE(MigrateUp(*Connect(), EmbeddedMigrations()).ok());
  Rows("INSERT INTO memmon.schema_migrations (version, name, checksum) VALUES (1000, 'x', 'y')");
  ExpectRefused(store::OpenPostgresStore(options()).status(), "has version 1000");
}

TEST_F(MigrationsTest, RefusesAForeignDatabaseAtStart) {
  Rows("CREATE TABLE payroll (salary integer)");
  ExpectRefused(store::OpenPostgresStore(options()).status(), "not memmon's");
  EXPECT_EQ(Value("SELECT to_regnamespace('memmon') IS NULL"), "t") << "it was touched";
  // The other cure that the message names.
  Rows("CREATE SCHEMA memmon");
  EXPECT_TRUE(store::OpenPostgresStore(options()).ok());
}

TEST_F(MigrationsTest, RefusesAForeignSchemaMemmon) {
  Rows("CREATE SCHEMA memmon; CREATE TABLE memmon.event (id integer)");
  ExpectRefused(store::OpenPostgresStore(options()).status(), "did not make");
}

TEST_F(MigrationsTest, RefusesAnEncodingThatCannotHoldEveryName) {
  database_ = cluster().CreateDatabase("ENCODING 'LATIN1' TEMPLATE template0");
  ExpectRefused(store::OpenPostgresStore(options()).status(), "LATIN1");
}

TEST_F(MigrationsTest, SeveralAtOnceDoNotCollide) {
  std::vector<std::unique_ptr<store::Store>> stores;
  std::vector<std::thread> threads;
  std::mutex mutex;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto store = store::OpenPostgresStore(options());
      std::lock_guard lock(mutex);
      EXPECT_TRUE(store.ok()) << store.status();
      if (store.ok()) stores.push_back(*std::move(store));
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& store : stores) {
    EXPECT_EQ(store->status().state, store::StoreState::kConnected) << store->status().problem;
    EXPECT_EQ(store->status().schema_version, static_cast<int>(EmbeddedMigrations().size()));
  }
  EXPECT_EQ(stores.size(), 4u);
}

}  // namespace
}  // namespace memmon::test
