// SPDX-License-Identifier: Apache-2.0
//
// memmond killed at any moment, with PostgreSQL away: what it had spooled is
// stored by the next one, and nothing twice.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"

namespace memmon::integration {
namespace {

class Crash : public testing::Test {
 protected:
  Crash() : conninfo_(cluster().conninfo(cluster().CreateDatabase())), random_(kSeed) {
    char pattern[] = "/tmp/memmon-spool-XXXXXX";
    EXPECT_NE(mkdtemp(pattern), nullptr);
    spool_ = pattern;
  }
  ~Crash() override {
    memmond_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(spool_, ignored);
  }
  void TearDown() override { cluster().Start(); }

  static test::PrivateCluster& cluster() { return test::SharedCluster(); }

  void Start(const Recording& recording, const std::string& speed,
             const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags = {
        "--replay",      recording.path(), "--replay-speed", speed,
        "--database",    conninfo_,        "--grpc-address", "127.0.0.1:0",
        "--web-address", "127.0.0.1:0",    "--spool-dir",    spool_};
    flags.insert(flags.end(), more.begin(), more.end());
    memmond_ = std::make_unique<MemmondProcess>(flags);
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(memmond_->grpc(), grpc::InsecureChannelCredentials()));
  }
  void Kill() {
    memmond_->Signal(SIGKILL);
    EXPECT_EQ(memmond_->Wait(), -1);
  }

  v1::GetStatusResponse Status() {
    grpc::ClientContext context;
    v1::GetStatusResponse status;
    const grpc::Status answer = stub_->GetStatus(&context, {}, &status);
    EXPECT_TRUE(answer.ok()) << answer.error_message() << memmond_->log();
    return status;
  }
  static v1::HopCounters Hop(const v1::GetStatusResponse& status, const std::string& name) {
    for (const auto& hop : status.hops()) {
      if (hop.name() == name) return hop;
    }
    ADD_FAILURE() << "no hop " << name;
    return {};
  }
  // Waits until the status is as wanted; gives up where it never comes.
  bool Until(const std::function<bool(const v1::GetStatusResponse&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!wanted(Status())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool UntilNothingWaits() {
    return Until([](const auto& status) {
      const auto hop = Hop(status, "store");
      return hop.in_count() > 0 && hop.waiting_count() == 0 &&
             status.source().state() == v1::SourceStatus::STATE_ENDED;
    });
  }
  uint64_t Random(uint64_t below) {
    return std::uniform_int_distribution<uint64_t>(0, below - 1)(random_);
  }

  uint64_t Number(const std::string& sql) {
    PGconn* connection = PQconnectdb(conninfo_.c_str());
    PGresult* result = PQexec(connection, sql.c_str());
    EXPECT_EQ(PQresultStatus(result), PGRES_TUPLES_OK) << PQerrorMessage(connection);
    const uint64_t number = PQntuples(result) == 1 ? std::stoull(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    PQfinish(connection);
    return number;
  }
  static std::string OfCapture(uint32_t number) {
    return " (host_id, capture_row) IN (SELECT host_id, capture_row FROM memmon.capture"
           " WHERE number = " +
           std::to_string(number) + ") ";
  }
  // How many first numbers of each CPU are stored or told to be lost; that no
  // number behind them is, nor any twice.
  uint64_t Told(uint32_t capture) {
    const std::string told =
        "WITH told AS (SELECT cpu, sequence::numeric AS n FROM memmon.event WHERE" +
        OfCapture(capture) +
        "UNION ALL SELECT cpu, generate_series(first_sequence, last_sequence) FROM memmon.loss"
        " WHERE" +
        OfCapture(capture) + ") ";
    const uint64_t count = Number(told + "SELECT count(*) FROM told");
    EXPECT_EQ(count, Number(told + "SELECT count(DISTINCT (cpu, n)) FROM told")) << "told twice";
    EXPECT_EQ(count, Number(told + "SELECT coalesce(sum(next), 0) FROM"
                                   " (SELECT max(n) + 1 AS next FROM told GROUP BY cpu) cpus"))
        << "missing in the middle";
    return count;
  }
  uint64_t Rows(uint32_t capture) {
    return Number("SELECT count(*) FROM memmon.event WHERE" + OfCapture(capture));
  }

  static constexpr unsigned kSeed = 20'261'122;
  const std::string conninfo_;
  std::mt19937 random_;
  std::string spool_;
  std::unique_ptr<MemmondProcess> memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

// Of another capture: brings nothing of what is tested.
constexpr uint32_t kOther = 99;

TEST_F(Crash, WhatWasSpooledIsStoredByTheNextOne) {
  constexpr uint64_t kEvents = 150'000;
  constexpr uint32_t kRounds = 4;
  Recording other(10, 1'000, kOther);
  for (uint32_t round = 1; round <= kRounds; ++round) {
    SCOPED_TRACE(round);
    Recording recording(kEvents / 2, 10'000, round);  // a second and a half
    cluster().Stop();
    Start(recording, "1");
    // Killed at a moment that nobody chose.
    const uint64_t target = Random(kEvents / 2);
    uint64_t spooled = 0;
    ASSERT_TRUE(Until([&](const auto& status) {
      spooled = Hop(status, "spool").in_count();
      return spooled > target;
    }));
    Kill();
    cluster().Start();
    Start(other, "0");
    ASSERT_TRUE(UntilNothingWaits()) << memmond_->log();
    const uint64_t told = Told(round);
    EXPECT_GE(Rows(round), spooled);
    EXPECT_LE(told, kEvents);
    // A batch that was being written is told, where it could not be kept.
    EXPECT_LE(told - Rows(round), 10'000u);
    memmond_->Signal(SIGTERM);
    EXPECT_EQ(memmond_->Wait(), 0);
    // All of it, once more: what is there is not doubled, what is not comes.
    Start(recording, "0");
    ASSERT_TRUE(UntilNothingWaits());
    EXPECT_EQ(Rows(round), kEvents);
    EXPECT_EQ(
        Number("SELECT count(DISTINCT (cpu, sequence)) FROM memmon.event WHERE" + OfCapture(round)),
        kEvents);
    // And in the rollups each call counts once.
    EXPECT_EQ(
        Number("SELECT sum(mmap_count + munmap_count + failed_count)"
               " FROM memmon.process_minute WHERE" +
               OfCapture(round)),
        Number("SELECT count(*) FROM memmon.event WHERE kind IN (16, 17) AND" + OfCapture(round)));
    memmond_->Signal(SIGTERM);
    EXPECT_EQ(memmond_->Wait(), 0);
  }
}

TEST_F(Crash, KilledAgainAndAgainWhileTheServerIsKilledToo) {
  constexpr uint64_t kEvents = 400'000;
  constexpr uint32_t kRounds = 4;
  Recording other(10, 1'000, kOther);
  uint64_t least = 0;
  for (uint32_t round = 1; round <= kRounds; ++round) {
    SCOPED_TRACE(round);
    Recording recording(kEvents / 2, 5'000, round);  // two seconds
    Start(recording, "1");
    const uint64_t first = Random(kEvents / 4);
    ASSERT_TRUE(
        Until([&](const auto& status) { return Hop(status, "store").out_count() > first; }));
    cluster().Kill();
    const uint64_t second = Random(kEvents / 4);
    ASSERT_TRUE(Until([&](const auto& status) {
      // Without what came out of the spool, which counts as what went into it.
      least = Hop(status, "store").out_count() - Hop(status, "spool").out_count();
      return Hop(status, "spool").in_count() > second;
    }));
    Kill();
    // And while it makes good what was spooled.
    cluster().Start();
    Start(other, "0");
    ASSERT_TRUE(Until([](const auto& status) { return Hop(status, "spool").out_count() > 0; }));
    Kill();
    Start(other, "0");
    ASSERT_TRUE(UntilNothingWaits()) << memmond_->log();
    EXPECT_GE(Told(round), least + second);
    memmond_->Signal(SIGTERM);
    EXPECT_EQ(memmond_->Wait(), 0);
  }
}

TEST_F(Crash, ASpoolThatWasFullStillTellsItsLosses) {
  constexpr uint64_t kEvents = 600'000;
  Recording other(10, 1'000, kOther);
  uint32_t round = 0;
  for (const char* full : {"drop-oldest", "drop-newest"}) {
    SCOPED_TRACE(full);
    Recording recording(kEvents / 2, 1'000, ++round);
    cluster().Stop();
    Start(recording, "0", {"--spool-bytes", "16M", "--spool-full", full});
    const uint64_t target = Random(kEvents / 2);
    uint64_t spooled = 0;
    ASSERT_TRUE(Until([&](const auto& status) {
      const auto hop = Hop(status, "spool");
      spooled = hop.in_count();
      return hop.dropped_count() > target;
    }));
    Kill();
    cluster().Start();
    Start(other, "0");
    ASSERT_TRUE(UntilNothingWaits()) << memmond_->log();
    memmond_->Signal(SIGTERM);
    EXPECT_EQ(memmond_->Wait(), 0);
    EXPECT_GE(Told(round), spooled);
    EXPECT_GE(Told(round) - Rows(round), target);
  }
}

TEST_F(Crash, AStopWithoutAServerKeepsEverythingAndTakesNoTime) {
  constexpr uint64_t kEvents = 100'000;
  Recording recording(kEvents / 2, 1'000, 1);
  Recording other(10, 1'000, kOther);
  cluster().Stop();
  Start(recording, "0");
  ASSERT_TRUE(Until(
      [](const auto& status) { return status.source().state() == v1::SourceStatus::STATE_ENDED; }));
  const auto began = std::chrono::steady_clock::now();
  memmond_->Signal(SIGTERM);
  EXPECT_EQ(memmond_->Wait(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  EXPECT_EQ(memmond_->log().find("not_stored"), std::string::npos) << memmond_->log();
  EXPECT_NE(memmond_->log().find("spooled=100000"), std::string::npos) << memmond_->log();
  cluster().Start();
  Start(other, "0");
  ASSERT_TRUE(UntilNothingWaits()) << memmond_->log();
  EXPECT_EQ(Told(1), kEvents);
  EXPECT_EQ(Rows(1), kEvents);
}

TEST_F(Crash, TwoOnOneSpoolIsAnErrorThatNamesTheCure) {
  Recording other(10, 1'000, kOther);
  Start(other, "0");
  MemmondProcess second({"--replay", other.path(), "--database", conninfo_, "--grpc-address",
                         "127.0.0.1:0", "--web-address", "127.0.0.1:0", "--spool-dir", spool_});
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_NE(second.log().find("in use by another memmond"), std::string::npos) << second.log();
  EXPECT_NE(second.log().find("--spool-dir"), std::string::npos) << second.log();
}

}  // namespace
}  // namespace memmon::integration
