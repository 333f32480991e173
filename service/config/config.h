// SPDX-License-Identifier: Apache-2.0
//
// What memmond was asked to do. A setting comes from a flag, else from the
// environment, else from the file named by --config, else from its default:
//
//   flag               environment              file key
//   --device           MEMMON_DEVICE            device
//   --replay           MEMMON_REPLAY            replay
//   --replay-speed     MEMMON_REPLAY_SPEED      replay_speed
//   --grpc-address     MEMMON_GRPC_ADDRESS      grpc_address
//   --grpc-socket      MEMMON_GRPC_SOCKET       grpc_socket
//   --web-address      MEMMON_WEB_ADDRESS       web_address
//   --web-root         MEMMON_WEB_ROOT          web_root
//   --allow-host       MEMMON_ALLOW_HOST        allow_host
//   --allow-origin     MEMMON_ALLOW_ORIGIN      allow_origin
//   --tls-cert         MEMMON_TLS_CERT          tls_cert
//   --tls-key          MEMMON_TLS_KEY           tls_key
//   --tls-client-ca    MEMMON_TLS_CLIENT_CA     tls_client_ca
//   --token-file       MEMMON_TOKEN_FILE        token_file
//   --open-details     MEMMON_OPEN_DETAILS      open_details
//   --insecure-listen  MEMMON_INSECURE_LISTEN   insecure_listen
//   --memory           MEMMON_MEMORY            memory
//   --database         MEMMON_DATABASE          database
//   --spool-dir        MEMMON_SPOOL_DIR         spool_dir
//   --spool-bytes      MEMMON_SPOOL_BYTES       spool_bytes
//   --spool-full       MEMMON_SPOOL_FULL        spool_full
//   --store            MEMMON_STORE             store
//   --store-min-length, --store-names, --store-kinds, --keep-days, --keep-bytes,
//   --keep-rollup-days, --keep-coarse-days: likewise
//
// MEMMON_CONFIG stands for --config.

#ifndef MEMMON_CONFIG_CONFIG_H_
#define MEMMON_CONFIG_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "config/memory.h"
#include "model/event.h"

namespace memmon::config {

// Where to listen: an IP address, and a port (0: any free one).
struct Address {
  std::string host;  // an IPv6 address without brackets
  uint16_t port = 0;

  // As it is written: "127.0.0.1:8080", "[::1]:8080".
  std::string ToString() const;
};

// "localhost" is 127.0.0.1. INVALID_ARGUMENT for anything but ADDRESS:PORT.
absl::StatusOr<Address> ParseAddress(std::string_view text);

// What goes when the spool is full.
enum class SpoolFull { kDropOldest, kDropNewest };

// Which events become rows; the rollups count all of them.
enum class StoreMode { kAll, kFiltered, kRollups };

struct Config {
  std::string device = "/dev/memmon";
  std::string replay;         // a recording instead of the device; empty: the device
  double replay_speed = 1.0;  // 2 is twice as fast as it was recorded; 0: as fast as can be
  Address grpc_address{"127.0.0.1", 50051};
  std::string grpc_socket;  // a Unix socket for gRPC, too; empty: none
  Address web_address{"127.0.0.1", 8080};
  std::string web_root;  // the built dashboard; empty: look beside the program
  // Names that memmond is reached by, and sites whose pages may ask: web/gate.h.
  std::vector<std::string> allow_host;
  std::vector<std::string> allow_origin;
  // Files, for both ports; empty: none. config/access.h reads them.
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  std::string token_file;
  bool open_details = false;              // addresses and command lines for all who may ask
  bool insecure_listen = false;           // beyond the loopback without all that
  uint64_t memory = kDefaultMemoryBytes;  // bytes; config/memory.h shares them out
  std::string database;                   // a libpq connection string; empty: live only
  // A directory where events wait while the database is away; empty: in memory.
  std::string spool_dir;
  uint64_t spool_bytes = uint64_t{1} << 30;
  SpoolFull spool_full = SpoolFull::kDropOldest;
  StoreMode store = StoreMode::kAll;
  // Of kFiltered: all that is given must be true of an event.
  uint64_t store_min_length = 0;
  std::vector<std::string> store_names;       // exact, or with * and ?; empty: any
  std::vector<model::EventKind> store_kinds;  // empty: any
  // How long and how much is kept in the database; 0: without a limit. A
  // recording's days are old already: with --replay the default is no limit.
  int keep_days = 7;
  uint64_t keep_bytes = uint64_t{20} << 30;
  int keep_rollup_days = 400;   // minutes of processes
  int keep_coarse_days = 1100;  // their hours and days; as long as the minutes at least
};

enum class Action { kRun, kPrintConfig, kCheck, kMigrate, kVersion, kHelp };

struct Invocation {
  Action action = Action::kRun;
  Config config;
  std::optional<int> migrate_to;      // kMigrate only: back to it; nothing: up to the newest
  std::string help;                   // kHelp only
  std::vector<std::string> warnings;  // one line each
};

// The MEMMON_* variables of the environment.
using Environment = std::map<std::string, std::string>;
Environment ReadEnvironment(const char* const* environ);

// Reads the file, too, where one is named. INVALID_ARGUMENT with one line that
// names the setting, where it stands, and the cure.
absl::StatusOr<Invocation> Parse(int argc, const char* const* argv, const Environment& environment);

// As a file that --config accepts.
std::string ToToml(const Config& config);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_CONFIG_H_
