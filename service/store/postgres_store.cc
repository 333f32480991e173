// SPDX-License-Identifier: Apache-2.0

#include "store/postgres_store.h"

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/backoff.h"
#include "base/log.h"
#include "base/machine_id.h"
#include "base/thread_name.h"
#include "store/backfill_reader.h"
#include "store/backlog.h"
#include "store/batch_writer.h"
#include "store/cause.h"
#include "store/connection.h"
#include "store/conninfo.h"
#include "store/event_reader.h"
#include "store/history_reader.h"
#include "store/housekeeper.h"
#include "store/migrations.h"
#include "store/query_pool.h"
#include "store/rollup.h"
#include "store/session.h"
#include "store/summarizer.h"

namespace memmon::store {
namespace {

// How often an idle writer looks whether the server is still there.
constexpr std::chrono::milliseconds kIdleLook{1'000};

// Who waits for so long until there is something to write keeps up with what comes.
constexpr std::chrono::milliseconds kRest{5};

// A server that stored nothing for so long is not waited for.
constexpr std::chrono::milliseconds kStalled{2'000};

absl::Status Preparing() {
  return Because(Cause::kPreparing,
                 absl::FailedPreconditionError(
                     "PostgreSQL's tables are being brought to the form that this memmond needs, "
                     "which takes a while where there is much in them; events wait meanwhile"));
}

// A last wait that is longer is told.
constexpr std::chrono::milliseconds kUnsaidWait{500};

const Keep kRollupsAlone{KeepMode::kRollups};

std::string WhatToCheck(const absl::Status& status) {
  return absl::StrCat(status.message(), "; ", CureOf(CauseOf(status)), ". memmond goes on trying");
}

class PostgresStore : public Store {
 public:
  PostgresStore(PostgresStoreOptions options, const std::string& conninfo,
                std::unique_ptr<Spool> spool)
      : options_(std::move(options)),
        conninfo_(conninfo),
        backlog_({options_.queue_events,
                  options_.queue_batches,
                  {options_.batch_events, options_.batch_events, options_.batch_delay},
                  options_.overdue},
                 std::move(spool)),
        queries_(conninfo, options_.query_limit),
        events_(&queries_, options_.machine_id),
        backfill_(&queries_, options_.machine_id),
        history_(&queries_, options_.machine_id, options_.history_processes),
        housekeeper_(
            {conninfo, options_.limits, options_.housekeeping_interval, options_.connect_limit}),
        summarizer_({conninfo, options_.connect_limit}) {}

  ~PostgresStore() override {
    backlog_.Close();
    stop_.Stop();
    if (thread_.joinable()) thread_.join();
  }

  // The writer's thread, and what its first try tells in time.
  absl::Status Start() {
    SetDown(Because(Cause::kUnreachable,
                    absl::FailedPreconditionError("memmond is still connecting to PostgreSQL")));
    auto tried = first_try_.get_future();
    thread_ = std::thread([this] { Run(); });
    if (tried.wait_for(options_.start_limit) != std::future_status::ready) return absl::OkStatus();
    const absl::Status status = tried.get();
    return absl::IsFailedPrecondition(status) ? status : absl::OkStatus();
  }

  void Take(const model::SharedBatch& batch) override { backlog_.Push(batch); }

  void EndQueries() override { queries_.End(); }

  absl::Status Drain(std::chrono::milliseconds limit) override {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    uint64_t left = backlog_.Flush(std::min(limit, kUnsaidWait));
    if (left > 0 && limit > kUnsaidWait) {
      base::LogWarning("waiting",
                       {{"events", std::to_string(left)},
                        {"reason", absl::StrCat("they are in memory alone; waiting up to ",
                                                limit.count() / 1'000, " s for PostgreSQL")}});
      left = backlog_.Flush(limit - kUnsaidWait);
    }
    if (left == 0) {
      // What is on disk is safe there; while the server takes it, it is better
      // off in the database.
      while (connected() && std::chrono::steady_clock::now() < deadline &&
             backlog_.WaitForProgress(kStalled)) {
      }
      return absl::OkStatus();
    }
    return absl::DeadlineExceededError(
        absl::StrCat(left, " events were not stored within ", limit.count(), " ms"));
  }

  absl::StatusOr<EventPage> ListEvents(const EventQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return events_.ListEvents(query);
  }
  absl::StatusOr<BackfillPage> Backfill(const BackfillQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return backfill_.Read(query);
  }
  absl::StatusOr<ProcessHistory> GetProcessHistory(const HistoryQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return history_.GetProcessHistory(query);
  }
  absl::StatusOr<StoredProcesses> GetProcesses(const ProcessesQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return history_.GetProcesses(query);
  }
  absl::StatusOr<RequestedSummary> GetRequested(const RequestedQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return history_.GetRequested(query);
  }
  absl::StatusOr<Activity> GetActivity(const ActivityQuery& query) override {
    if (auto s = Readable(); !s.ok()) return s;
    return history_.GetActivity(query);
  }

  StoreStatus status() const override {
    std::lock_guard lock(mutex_);
    StoreStatus status = status_;
    status.counters = backlog_.counters();
    status.spool = backlog_.spool_counters();
    status.in_memory = backlog_.in_memory();
    status.space = housekeeper_.status();
    if (status.state == StoreState::kConnected && status.space.full) {
      status.problem = absl::StrCat(
          "the tables take ", status.space.size_bytes,
          " bytes, more than --keep-bytes, and no older day of events is left: further events are "
          "stored in the rollups alone. Give more --keep-bytes, keep less of each day with --store "
          "filtered, or rollups for fewer days (--keep-rollup-days, --keep-coarse-days)");
      status.causes.push_back(Cause::kTablesFull);
    }
    // Also while connected: a server may hang.
    if (const absl::Status spool = backlog_.problem(); !spool.ok()) {
      absl::StrAppend(&status.problem,
                      status.problem.empty() ? "PostgreSQL is behind, and the spool has a problem: "
                                             : ". The spool, too: ",
                      std::string(spool.message()));
      status.causes.push_back(CauseOf(spool));
    }
    return status;
  }

 private:
  void Run();
  absl::Status Connect();
  void Disconnect() {
    writer_.reset();
    connection_.reset();
  }
  // The database may be another program's, or have tables of another version still.
  absl::Status Readable() const {
    std::lock_guard lock(mutex_);
    return unreadable_ ? absl::UnavailableError(status_.problem) : absl::OkStatus();
  }
  bool connected() const {
    std::lock_guard lock(mutex_);
    return status_.state == StoreState::kConnected;
  }
  bool never_connected() const {
    std::lock_guard lock(mutex_);
    return status_.schema_version == 0;
  }
  // `why` has a cause; where the tables cannot be read now, it says itself what to type.
  void SetDown(const absl::Status& why) {
    std::lock_guard lock(mutex_);
    unreadable_ = absl::IsFailedPrecondition(why);
    status_.state = StoreState::kDown;
    status_.problem = unreadable_ ? std::string(why.message()) : WhatToCheck(why);
    status_.causes = {CauseOf(why)};
  }
  void SetConnected(std::optional<int> schema_version) {
    std::lock_guard lock(mutex_);
    status_.state = StoreState::kConnected;
    status_.problem.clear();
    status_.causes.clear();
    unreadable_ = false;
    if (schema_version) status_.schema_version = *schema_version;
  }

  const PostgresStoreOptions options_;
  const std::string conninfo_;
  Backlog backlog_;
  QueryPool queries_;
  EventReader events_;
  BackfillReader backfill_;
  HistoryReader history_;
  Housekeeper housekeeper_;
  Summarizer summarizer_;
  StopSwitch stop_;

  mutable std::mutex mutex_;
  StoreStatus status_;       // guarded by mutex_; without counters
  bool unreadable_ = false;  // guarded by mutex_

  // The writer's thread's.
  std::promise<absl::Status> first_try_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<BatchWriter> writer_;
  Rollup rollup_;
  std::thread thread_;
};

absl::Status PostgresStore::Connect() {
  Disconnect();
  auto connection = Connection::Open(conninfo_, options_.connect_limit, &stop_);
  absl::Status status = connection.status();
  absl::StatusOr<int> version = 0;
  if (status.ok()) status = (*connection)->Execute(kSession);
  if (status.ok()) {
    // Of a schema that this run has seen there is nothing to bring up.
    if (never_connected()) SetDown(Preparing());
    version = MigrateUp(**connection, EmbeddedMigrations());
    status = version.status();
  }
  if (!status.ok()) {
    SetDown(status);
    backlog_.DatabaseIsAway();
    return status;
  }
  connection_ = *std::move(connection);
  writer_ = std::make_unique<BatchWriter>(connection_.get(), &rollup_, options_.containers,
                                          options_.machine_id, options_.host_name);
  SetConnected(*version);
  housekeeper_.Begin();
  return absl::OkStatus();
}

void PostgresStore::Run() {
  base::NameThisThread("memmon-store");
  base::Backoff backoff(options_.first_pause, options_.longest_pause);
  const auto pause = [&] {
    backlog_.Pause(std::chrono::duration_cast<std::chrono::milliseconds>(backoff.Next()));
  };
  first_try_.set_value(Connect());
  if (connection_ == nullptr) pause();
  Chunk chunk;  // taken, and not known to be stored
  while (!stop_.stopped()) {
    if (connection_ == nullptr && !Connect().ok()) {
      pause();
      continue;
    }
    if (chunk.empty()) {
      const auto asked = std::chrono::steady_clock::now();
      chunk = backlog_.Next(kIdleLook);
      if (chunk.empty() || std::chrono::steady_clock::now() - asked > kRest) {
        summarizer_.WriterRests();
      }
    }
    if (chunk.empty()) {
      if (!connection_->Check() && !stop_.stopped()) {
        SetDown(Because(Cause::kUnreachable,
                        absl::UnavailableError("PostgreSQL closed the connection")));
        Disconnect();
      }
      continue;
    }
    const auto written = writer_->Write(chunk, housekeeper_.full() ? kRollupsAlone : options_.keep);
    if (written.ok()) {
      if (written->day) summarizer_.Wrote(chunk.event_count, *written->day);
      backlog_.Done(chunk, written->unstorable);
      chunk = {};
      backoff.Reset();
      SetConnected(std::nullopt);
      continue;
    }
    if (stop_.stopped()) break;
    SetDown(written.status());
    backlog_.DatabaseIsAway();
    if (connection_->broken()) Disconnect();
    pause();
  }
  Disconnect();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(const PostgresStoreOptions& options) {
  auto conninfo = CompleteConninfo(options.conninfo);
  if (!conninfo.ok()) return conninfo.status();
  PostgresStoreOptions complete = options;
  if (complete.machine_id.empty()) complete.machine_id = base::MachineId();
  if (complete.host_name.empty()) complete.host_name = base::HostName();
  std::unique_ptr<Spool> spool;
  if (complete.spool) {
    complete.spool->machine_id = complete.machine_id;
    complete.spool->most_events = complete.batch_events;
    auto opened = Spool::Open(*complete.spool);
    if (!opened.ok()) return opened.status();
    spool = *std::move(opened);
  }
  auto store = std::make_unique<PostgresStore>(complete, *conninfo, std::move(spool));
  if (auto status = store->Start(); !status.ok()) return status;
  return store;
}

absl::StatusOr<int> TakeSchemaBack(const std::string& conninfo, int version) {
  auto complete = CompleteConninfo(conninfo);
  if (!complete.ok()) return complete.status();
  StopSwitch stop;
  auto connection = Connection::Open(*complete, PostgresStoreOptions().connect_limit, &stop);
  if (!connection.ok()) return connection.status();
  if (auto s = (*connection)->Execute(kSession); !s.ok()) return s;
  return MigrateDown(**connection, EmbeddedMigrations(), version);
}

}  // namespace memmon::store
