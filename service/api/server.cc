// SPDX-License-Identifier: Apache-2.0

#include "api/server.h"

#include <grpc/support/log.h>
#include <grpcpp/channel.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "api/credentials.h"
#include "api/memory_monitor.h"
#include "base/listen.h"
#include "base/log.h"
#include "base/unix_socket.h"
#include "grpc/health/v1/health.pb.h"

namespace memmon::api {
namespace {

// Requests are small; a larger one is a mistake.
constexpr int kMaxRequestBytes = 64 << 10;
// A client that is gone without a word is noticed so soon.
constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
// Calls at once of one connection; more wait.
constexpr int kMaxConcurrentStreams = 128;
// All that a call's headers take, a token with them.
constexpr int kMaxMetadataBytes = 16 << 10;
// Who may connect to the Unix socket: writing is what it takes.
constexpr mode_t kSocketMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP;

absl::Status Named(const char* setting, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(setting, ": ", std::string(status.message())));
}

void SetUpLibrary() {
  static std::once_flag once;
  std::call_once(once, [] {
    gpr_set_log_function([](gpr_log_func_args* args) {
      base::LogLevel level =
          args->severity == GPR_LOG_SEVERITY_ERROR ? base::LogLevel::kError : base::LogLevel::kInfo;
      base::Log(level, "grpc", {{"message", args->message}});
    });
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // gRPC serves grpc.health.v1.Health without its descriptor; to name it
    // links ours, without which clients cannot list services by reflection.
    grpc::health::v1::HealthCheckRequest::descriptor();
  });
}

}  // namespace

struct Server::State {
  State(Parts parts, const base::Access& access) : monitor(std::move(parts), access) {}

  MemoryMonitor monitor;
  int port = 0;
  // Last: it goes first, and its calls use the monitor.
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Parts parts) {
  // gRPC says no more than "no"; the reason is found out here.
  absl::Status free = base::CheckListen(options.host, options.port);
  if (!free.ok()) return Named("--grpc-address", free);
  if (!options.socket.empty()) {
    free = base::ClearSocket(options.socket);
    if (!free.ok()) return Named("--grpc-socket", free);
  }
  SetUpLibrary();
  auto state = std::make_unique<State>(std::move(parts), options.access);
  bool v6 = options.host.find(':') != std::string::npos;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::StrCat(v6 ? "[" : "", options.host, v6 ? "]:" : ":", options.port),
                           MakeCredentials(options.access), &state->port);
  // No token: who may open it has shown as much as one that has the file of the token.
  if (!options.socket.empty()) {
    // gRPC takes % for an escape.
    builder.AddListeningPort("unix:" + absl::StrReplaceAll(options.socket, {{"%", "%25"}}),
                             grpc::InsecureServerCredentials());
  }
  // Or a second memmond would quietly take a share of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  if (options.transport_bytes != 0) {
    builder.SetResourceQuota(grpc::ResourceQuota("memmond").Resize(options.transport_bytes));
  }
  builder.RegisterService(&state->monitor);
  state->server = builder.BuildAndStart();
  if (state->server == nullptr || state->port == 0) {
    return absl::UnavailableError(
        absl::StrCat("--grpc-address: cannot listen on ", options.host, ":", options.port,
                     options.socket.empty() ? "" : " and ", options.socket));
  }
  if (!options.socket.empty() && chmod(options.socket.c_str(), kSocketMode) != 0) {
    return absl::UnavailableError(
        absl::StrCat("--grpc-socket: ", options.socket, ": ", strerror(errno)));
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

uint16_t Server::port() const { return static_cast<uint16_t>(state_->port); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  // What memmond sends itself needs no bound of the client's.
  arguments.SetMaxReceiveMessageSize(-1);
  return state_->server->InProcessChannel(arguments);
}

std::string Server::Metrics() const { return state_->monitor.Metrics(); }

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (state_->server == nullptr) return;
  state_->server->GetHealthCheckService()->SetServingStatus(false);
  auto deadline = std::chrono::system_clock::now() + grace;
  // First these: Shutdown cuts the in-process channel, and with it the gateway's
  // streams, before they have their status.
  state_->monitor.EndStreams(grpc::Status(grpc::StatusCode::UNAVAILABLE, "shutting down"), grace);
  state_->server->Shutdown(deadline);
  state_->server->Wait();
  state_->server.reset();
}

}  // namespace memmon::api
