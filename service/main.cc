// SPDX-License-Identifier: Apache-2.0
//
// memmond: puts the parts together, runs them until a signal comes, and takes
// them apart in the order of the data. The only file that names which source
// and which store are used.
//
// Exit status: 0 after a signal, 1 where it cannot run or cannot store what it
// took, 2 where it was asked wrongly.

#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "api/server.h"
#include "base/access.h"
#include "base/file_limit.h"
#include "base/log.h"
#include "base/machine_id.h"
#include "base/service_manager.h"
#include "base/standard_files.h"
#include "config/access.h"
#include "config/config.h"
#include "config/memory.h"
#include "config/web_root.h"
#include "device/kernel_source.h"
#include "device/replay_source.h"
#include "live/feed.h"
#include "live/recent.h"
#include "pipeline/pump.h"
#include "pipeline/state_log.h"
#include "processes/cgroups.h"
#include "processes/enricher.h"
#include "processes/process_table.h"
#include "processes/procfs.h"
#include "processes/resident_sampler.h"
#include "store/conninfo.h"
#include "store/null_store.h"
#include "store/postgres_store.h"
#include "web/server.h"

namespace memmon {
namespace {

using std::chrono::seconds;

constexpr int kCannotRun = 1;
constexpr int kNotStored = 1;
constexpr int kAskedWrongly = 2;

// Service managers wait 90 s before they kill; all of it together stays below.
constexpr seconds kDrainLimit{60};
constexpr seconds kStreamGrace{2};
constexpr seconds kWebGrace{2};
// Both ports with as many connections as they take, and some room for files, the database
// and what the libraries open.
constexpr uint64_t kLeastFiles = web::Limits().sessions + api::Limits().connections + 256;
// Pieces of memory so large go back to the system as soon as they are free.
constexpr int kGivenBackBytes = 4 << 20;
// How often changes of state are looked for, to be logged, and whether the clock was set.
constexpr timespec kLookInterval{1, 0};

int Fail(int exit_status, const std::string& message) {
  fprintf(stderr, "memmond: %s\n", message.c_str());
  return exit_status;
}

std::unique_ptr<device::Source> MakeSource(const config::Config& config) {
  if (config.replay.empty()) return std::make_unique<device::KernelSource>(config.device);
  device::ReplayOptions options;
  options.speed = config.replay_speed;
  return std::make_unique<device::ReplaySource>(config.replay, options);
}

absl::StatusOr<std::unique_ptr<store::Store>> MakeStore(const config::Config& config,
                                                        const config::MemoryShares& shares,
                                                        model::ContainerNames* containers) {
  if (config.database.empty()) return std::make_unique<store::NullStore>();
  store::PostgresStoreOptions options;
  options.conninfo = config.database;
  options.containers = containers;
  options.queue_events = shares.queue_events;
  options.queue_batches = shares.queue_batches;
  options.history_processes = shares.processes;
  if (!config.spool_dir.empty()) {
    options.spool.emplace();
    options.spool->directory = config.spool_dir;
    options.spool->bytes = config.spool_bytes;
    options.spool->when_full = config.spool_full == config::SpoolFull::kDropOldest
                                   ? store::SpoolFull::kDropOldest
                                   : store::SpoolFull::kDropNewest;
  }
  if (config.store == config::StoreMode::kFiltered) {
    options.keep = {store::KeepMode::kFiltered,
                    {.names = config.store_names,
                     .kinds = config.store_kinds,
                     .min_length_bytes = config.store_min_length}};
  } else if (config.store == config::StoreMode::kRollups) {
    options.keep = {store::KeepMode::kRollups};
  }
  options.limits = {config.keep_days, config.keep_bytes, config.keep_rollup_days,
                    config.keep_coarse_days};
  return store::OpenPostgresStore(options);
}

// What only a look at the machine can tell; one line where something is wrong.
std::string CheckFiles(const config::Config& config) {
  if (!config.replay.empty()) {
    if (const absl::Status status = device::CheckRecording(config.replay); !status.ok()) {
      return "--replay: " + std::string(status.message()) +
             "; make a recording with: sudo cat /dev/memmon > trace";
    }
  }
  std::error_code error;
  if (!config.web_root.empty() && !std::filesystem::is_directory(config.web_root, error)) {
    return "--web-root: " + config.web_root +
           ": no such folder; build the dashboard (npm ci && npm run build in webui/)";
  }
  return "";
}

// Those that ask it to end. A terminal that closes is one, but for whoever is to outlive it
// (nohup).
sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  struct sigaction before {};
  if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
    sigaddset(&signals, SIGHUP);
  }
  return signals;
}

int Run(const config::Config& config, const base::Access& access) {
  // What it makes, its spool and its socket, is its own until it says otherwise.
  umask(S_IRWXG | S_IRWXO);
  // glibc learns from what is freed, and keeps as much for each thread: what one call about very
  // many processes took, every thread had in the end.
  mallopt(M_MMAP_THRESHOLD, kGivenBackBytes);
  // Before any thread begins, so that all of them leave the signals to this one.
  const sigset_t signals = EndingSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // A file that may not grow (LimitFSIZE=) is an error of its write, and not our end.
  signal(SIGXFSZ, SIG_IGN);

  base::LogInfo("start", {{"version", MEMMON_VERSION}, {"pid", std::to_string(getpid())}});
  const uint64_t files = base::RaiseFileLimit();
  if (files < kLeastFiles) {
    base::LogWarning("few_files",
                     {{"limit", std::to_string(files)},
                      {"needed", std::to_string(kLeastFiles)},
                      {"reason",
                       "with all connections open none would be left; raise it with LimitNOFILE= "
                       "of the unit, or: ulimit -Hn 4096"}});
  }
  const config::MemoryShares shares = config::ShareMemory(config.memory);
  // Of the running kernel alone, as all that is asked of /proc: a recording's cgroups and
  // processes are others.
  const bool is_live = config.replay.empty();
  std::optional<processes::Cgroups> cgroups;
  if (is_live) cgroups.emplace();
  model::ContainerNames* const containers = is_live ? &*cgroups : nullptr;
  absl::StatusOr<std::unique_ptr<store::Store>> store = MakeStore(config, shares, containers);
  if (!store.ok()) {
    return Fail(kCannotRun, "the store: " + std::string(store.status().message()));
  }
  std::unique_ptr<device::Source> source = MakeSource(config);
  processes::ProcessTable processes({.max_living = shares.processes});
  live::Feed feed;
  live::Recent recent;
  std::vector<model::Sink*> sinks = {&processes, &feed, &recent, store->get()};
  processes::ProcFs proc;
  std::optional<processes::Enricher> enricher;
  std::optional<processes::ResidentSampler> resident;
  if (is_live) {
    sinks.push_back(&enricher.emplace(&processes, &proc, containers));
    resident.emplace(&processes, &proc);
  }
  pipeline::Pump pump(source.get(), sinks);

  absl::StatusOr<std::unique_ptr<api::Server>> api =
      api::Server::Start({config.grpc_address.host, config.grpc_address.port, config.grpc_socket,
                          access, shares.transport_bytes},
                         {[&pump] { return pump.status(); }, &processes, &feed, store->get(),
                          MEMMON_VERSION, is_live ? &proc : nullptr, containers, base::MachineId(),
                          shares.streams, shares.selection_places, config.memory});
  if (!api.ok()) {
    return Fail(kCannotRun, std::string(api.status().message()));
  }
  web::Handlers handlers;
  handlers.metrics = [&api] { return (*api)->Metrics(); };
  handlers.memory_logs = [&recent](size_t skip, size_t count) { return recent.Page(skip, count); };
  handlers.api = (*api)->InProcessChannel();
  absl::StatusOr<std::unique_ptr<web::Server>> web =
      web::Server::Start({config.web_address.host, config.web_address.port, config.web_root,
                          config.allow_host, config.allow_origin, access, web::Limits()},
                         std::move(handlers));
  if (!web.ok()) {
    return Fail(kCannotRun, "--web-address: " + std::string(web.status().message()));
  }
  base::LogInfo(
      "listening",
      {{"service", "grpc"},
       {"address", config::Address{config.grpc_address.host, (*api)->port()}.ToString()}});
  if (!config.grpc_socket.empty()) {
    base::LogInfo("listening", {{"service", "grpc"}, {"address", "unix:" + config.grpc_socket}});
  }
  base::LogInfo("listening",
                {{"service", "web"},
                 {"address", config::Address{config.web_address.host, (*web)->port()}.ToString()},
                 {"root", config.web_root.empty() ? "none" : config.web_root}});
  if (config.insecure_listen) {
    base::LogWarning("insecure_listen",
                     {{"reason", "whoever reaches these addresses may read all that is recorded"}});
  }
  if (!access.sees_details()) {
    base::LogInfo("details_hidden",
                  {{"reason",
                    "addresses and command lines are for who comes by --grpc-socket; "
                    "others see them with --token-file, or --open-details yes"}});
  }
  if (config.database.empty()) {
    base::LogInfo("live_only", {{"reason", "no --database; nothing is stored"}});
  }

  pump.Start();
  base::ServiceManager service_manager;
  service_manager.Ready();
  pipeline::StateLog state_log;
  int signal_number = 0;
  do {
    service_manager.Alive(state_log.Note(pump.status(), (*store)->status()));
    pump.FollowWallClock();
    signal_number = sigtimedwait(&signals, nullptr, &kLookInterval);
  } while (signal_number < 0);

  // A second signal ends it at once, as it would have without us; of a terminal that closes more
  // than one may come.
  signal(SIGHUP, SIG_IGN);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  service_manager.Stopping();
  base::LogInfo("stop", {{"signal", strsignal(signal_number)},
                         {"hint", "a second signal ends it at once, whatever is not stored"}});
  pump.Stop();
  absl::Status drained = (*store)->Drain(kDrainLimit);
  if (!drained.ok()) {
    base::LogError("not_stored", {{"reason", std::string(drained.message())}});
  }
  (*store)->EndQueries();
  (*web)->CloseApi();
  (*api)->Shutdown(kStreamGrace);
  (*web)->Stop(kWebGrace);
  const store::StoreStatus stored = (*store)->status();
  base::LogInfo("stopped", {{"events", std::to_string(processes.Totals().event_count)},
                            {"stored", std::to_string(stored.counters.out)},
                            {"lost", std::to_string(stored.counters.dropped + stored.in_memory)},
                            {"spooled", std::to_string(stored.spool ? stored.spool->waiting : 0)}});
  return drained.ok() ? 0 : kNotStored;
}

void PrintVersion(int version) { printf("memmond: the schema has version %d\n", version); }

int MigrateTo(const config::Config& config, int version) {
  const absl::StatusOr<int> reached = store::TakeSchemaBack(config.database, version);
  if (!reached.ok()) {
    return Fail(kCannotRun, "--migrate-to: " + std::string(reached.status().message()));
  }
  PrintVersion(*reached);
  if (*reached == version) return 0;
  return Fail(kCannotRun, "--migrate-to: it goes back alone; --migrate goes forward");
}

// Opening the store brings its schema up.
int Migrate(const config::Config& config) {
  store::PostgresStoreOptions options;
  options.conninfo = config.database;
  options.start_limit = std::chrono::hours(24 * 365);  // however long it takes
  absl::StatusOr<std::unique_ptr<store::Store>> store = store::OpenPostgresStore(options);
  if (!store.ok()) return Fail(kCannotRun, "--migrate: " + std::string(store.status().message()));
  const store::StoreStatus status = (*store)->status();
  if (status.state != store::StoreState::kConnected) {
    return Fail(kCannotRun, "--migrate: " + status.problem);
  }
  PrintVersion(status.schema_version);
  return 0;
}

// For all eyes, and to be read again.
std::string SettingsInForce(config::Config config) {
  const std::string shown = store::WithoutPasswords(config.database);
  if (shown == config.database) return config::ToToml(config);
  config.database = shown;
  const std::string left_out =
      shown.empty() ? "# The database is left out: it is not as libpq takes it, and may hold a "
                      "password.\n# Give it as postgresql://HOST/DATABASE or \"host=HOST "
                      "dbname=DATABASE\",\n# with the password"
                    : "# The database's password is left out. Give it";
  return left_out +
         " in a password file (~/.pgpass, or one that passfile= or\n"
         "# the variable PGPASSFILE names), or as it was given.\n" +
         config::ToToml(config);
}

int Main(int argc, char** argv) {
  absl::StatusOr<config::Invocation> invocation =
      config::Parse(argc, argv, config::ReadEnvironment(environ));
  if (!invocation.ok()) {
    return Fail(kAskedWrongly, std::string(invocation.status().message()));
  }
  for (const std::string& warning : invocation->warnings) {
    base::LogWarning("setting", {{"message", warning}});
  }
  config::Config& config = invocation->config;
  if (config.web_root.empty()) {
    std::error_code error;
    config.web_root = config::FindWebRoot(std::filesystem::read_symlink("/proc/self/exe", error));
  }
  switch (invocation->action) {
    case config::Action::kHelp:
      fputs(invocation->help.c_str(), stdout);
      return 0;
    case config::Action::kVersion:
      puts("memmond " MEMMON_VERSION);
      return 0;
    case config::Action::kPrintConfig:
      fputs(SettingsInForce(config).c_str(), stdout);
      return 0;
    case config::Action::kMigrate:
      return invocation->migrate_to ? MigrateTo(config, *invocation->migrate_to) : Migrate(config);
    case config::Action::kCheck:
    case config::Action::kRun:
      break;
  }
  std::string problem = CheckFiles(config);
  if (!problem.empty()) return Fail(kAskedWrongly, problem);
  absl::StatusOr<base::Access> access = config::LoadAccess(config);
  if (!access.ok()) return Fail(kAskedWrongly, std::string(access.status().message()));
  absl::Status tls = web::CheckTls(*access);
  if (!tls.ok()) return Fail(kAskedWrongly, std::string(tls.message()));
  if (invocation->action == config::Action::kCheck) {
    puts("memmond: the settings are good");
    return 0;
  }
  return Run(config, *access);
}

}  // namespace
}  // namespace memmon

int main(int argc, char** argv) {
  memmon::base::TakeStandardFiles();
  return memmon::Main(argc, argv);
}
