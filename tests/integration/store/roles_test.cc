// SPDX-License-Identifier: Apache-2.0
//
// sql/roles.sql: memmond works with the writer's rights, and nobody has more
// than needed.

#include <chrono>
#include <fstream>
#include <sstream>

#include "fixture.h"
#include "store/migrations.h"

namespace memmon::test {
namespace {

class RolesTest : public StoreTest {
 protected:
  void GrantRoles() {
    std::ifstream file(MEMMON_SQL_DIR "/roles.sql");
    std::stringstream text;
    text << file.rdbuf();
    ASSERT_FALSE(text.str().empty());
    const absl::Status status = Connect()->Execute(text.str());
    ASSERT_TRUE(status.ok()) << status;
    Rows(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'w') THEN"
        " CREATE ROLE w LOGIN IN ROLE memmon_writer; CREATE ROLE r LOGIN IN ROLE memmon_reader;"
        " END IF; END $$");
  }
  std::string ConninfoOf(const std::string& role) const {
    return "host=" + cluster().socket_dir() + " user=" + role + " dbname=" + database_;
  }
  std::unique_ptr<store::Connection> ConnectAs(const std::string& role) {
    auto connection =
        store::Connection::Open(ConninfoOf(role), std::chrono::milliseconds(10'000), &stop_);
    EXPECT_TRUE(connection.ok()) << connection.status();
    return *std::move(connection);
  }
  store::PostgresStoreOptions AsWriter() const {
    auto writer = options();
    writer.conninfo = ConninfoOf("w");
    writer.housekeeping_interval = std::chrono::milliseconds(20);
    return writer;
  }
  // Whether the server says that this is not allowed.
  bool Denied(store::Connection& connection, const std::string& sql) {
    return !connection.Execute(sql).ok() && connection.last_sqlstate() == "42501";
  }
};

TEST_F(RolesTest, MemmondWorksAsTheWriter) {
  Open();
  ASSERT_NO_FATAL_FAILURE(GrantRoles());
  {
    auto store = Open(AsWriter());
    ASSERT_EQ(store->status().state, store::StoreState::kConnected) << store->status().problem;
    store->Take(MakeBatch(MakeCapture(), 0, 0, 1'000));
    // Of a day long gone, which the writer has to make room for.
    store->Take(MakeBatch(MakeCapture(2, 1'000, 1'577'836'800'000'000'000), 0, 0, 1'000));
    Drain(*store);
    auto page = store->ListEvents({});
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), 100u);
  }
  EXPECT_EQ(StoredCount(), 2'000u);
  {
    auto store = Open(AsWriter());
    EXPECT_TRUE(Eventually([&] {
      return Value(
                 "SELECT sum(mmap_count + munmap_count) FROM memmon.process_hour"
                 " WHERE hour < '2020-01-02Z'") == "1000";
    }));
  }
  auto limited = AsWriter();
  limited.limits = {.keep_days = 1'000, .keep_rollup_days = 1'000, .keep_coarse_days = 1'000};
  auto store = Open(limited);
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
  EXPECT_TRUE(Eventually([&] { return Value("SELECT count(*) FROM memmon.capture") == "1"; }));
  EXPECT_EQ(StoredCount(), 1'000u);
}

TEST_F(RolesTest, NobodyMayDoMoreThanNeeded) {
  Open();
  ASSERT_NO_FATAL_FAILURE(GrantRoles());
  ASSERT_NO_FATAL_FAILURE(GrantRoles());  // again, as after an upgrade
  auto writer = ConnectAs("w");
  for (const char* sql : {"UPDATE memmon.event SET tgid = 0", "DELETE FROM memmon.event",
                          "DELETE FROM memmon.ingest_range", "DROP TABLE memmon.process_minute",
                          "UPDATE memmon.process_day SET tgid = 0", "DELETE FROM memmon.rollup_due",
                          "DELETE FROM memmon.cgroup", "CREATE TABLE memmon.mine ()",
                          "UPDATE memmon.schema_migrations SET version = 99",
                          "ALTER TABLE memmon.event ADD COLUMN x integer"}) {
    EXPECT_TRUE(Denied(*writer, sql)) << sql;
  }
  // Which wants an index of its own.
  EXPECT_TRUE(writer
                  ->Execute("SELECT memmon.make_event_partition(date '2020-01-01'),"
                            " memmon.summarize_events(date '2020-01-01')")
                  .ok());
  auto reader = ConnectAs("r");
  for (const char* table :
       {"event", "process_minute", "process_day", "process", "cgroup", "memory_log", "loss"}) {
    EXPECT_TRUE(reader->Execute(std::string("SELECT count(*) FROM memmon.") + table).ok()) << table;
  }
  for (const char* sql :
       {"INSERT INTO memmon.host (machine_id, host_name) VALUES ('a', 'b')",
        "DELETE FROM memmon.event", "SELECT memmon.drop_day('event', date '2020-01-01')",
        "SELECT memmon.make_event_partition(date '2020-01-01')", "SELECT memmon.forget()",
        "SELECT memmon.forget_cgroups()", "SELECT memmon.roll_up_next()",
        "SELECT memmon.drop_coarse(date '2020-01-01')",
        "SELECT memmon.summarize_events(date '2020-01-01')"}) {
    EXPECT_TRUE(Denied(*reader, sql)) << sql;
  }
}

// A new memmond on an old schema, as the writer: told what to type.
TEST_F(RolesTest, TheWriterCannotMigrateAndSaysWhoCan) {
  Open();
  ASSERT_NO_FATAL_FAILURE(GrantRoles());
  auto migrations = store::EmbeddedMigrations();
  const int newer = static_cast<int>(migrations.size()) + 1;
  migrations.push_back({newer, "new", "sum", "CREATE TABLE memmon.new ()", ""});
  const absl::Status status = store::MigrateUp(*ConnectAs("w"), migrations).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_NE(std::string(status.message()).find("memmond --migrate"), std::string::npos) << status;
}

// The last day is not dropped by mistake, whoever asks.
TEST_F(RolesTest, TodayCannotBeDropped) {
  Open();
  auto connection = Connect();
  EXPECT_FALSE(
      connection->Execute("SELECT memmon.drop_day('event', (now() AT TIME ZONE 'UTC')::date)")
          .ok());
  EXPECT_FALSE(connection->Execute("SELECT memmon.drop_day('host', date '2020-01-01')").ok());
}

}  // namespace
}  // namespace memmon::test
