// SPDX-License-Identifier: Apache-2.0

#include "api/server.h"

#include <grpc/support/log.h>
#include <grpcpp/channel.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_interceptor.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "api/credentials.h"
#include "api/flood_guard.h"
#include "api/listener.h"
#include "api/memory_monitor.h"
#include "base/log.h"
#include "grpc/health/v1/health.pb.h"

namespace memmon::api {
namespace {

// Who may connect to the Unix socket: writing is what it takes.
constexpr mode_t kSocketMode = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP;

// Reflection is gRPC's own service, and takes a thread for each stream that is open: whoever
// finds none free is told RESOURCE_EXHAUSTED. Our calls take none of these.
constexpr int kMostThreads = 16;

int Milliseconds(std::chrono::milliseconds time) { return static_cast<int>(time.count()); }

absl::Status Named(const char* setting, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(setting, ": ", std::string(status.message())));
}

// What the calls of a connection may send at once until they begin is the most of it; twice a
// call's headers are always let be. Together connections keep to gRPC's share of the memory,
// whose quota does not know of headers without end.
FloodGuard::Bounds BoundsOf(const ServerOptions& options) {
  const auto headers = static_cast<uint64_t>(options.limits.metadata_bytes);
  const uint64_t call = headers + static_cast<uint64_t>(options.limits.request_bytes);
  const uint64_t most = call * static_cast<uint64_t>(options.limits.concurrent_streams);
  return {.call = call,
          .always = 2 * headers,
          .most = most,
          .all = options.transport_bytes == 0 ? std::numeric_limits<uint64_t>::max()
                                              : std::max<uint64_t>(options.transport_bytes, most)};
}

// Tells the guard of each call as it begins, whichever service it is for. It intercepts none.
class CallsForGuard final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallsForGuard(FloodGuard* guard) : guard_(guard) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* call) override {
    guard_->CallBegins(call->server_context()->peer());
    return nullptr;
  }

 private:
  FloodGuard* const guard_;
};

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
  State(Parts parts, const ServerOptions& options)
      : monitor(std::move(parts), options.access), guard(BoundsOf(options)) {}

  MemoryMonitor monitor;
  FloodGuard guard;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Listener> socket_listener;  // or none
  // Last: it goes first, and its calls use the monitor.
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Parts parts) {
  const Limits& limits = options.limits;
  auto state = std::make_unique<State>(std::move(parts), options);
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Listen(options.host, options.port, limits, &state->guard);
  if (!listener.ok()) return Named("--grpc-address", listener.status());
  SetUpLibrary();
  state->listener = *std::move(listener);
  grpc::ServerBuilder builder;
  std::unique_ptr<Listener::Acceptor> acceptor =
      builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
          MakeCredentials(options.access));
  std::unique_ptr<Listener::Acceptor> socket_acceptor;
  if (!options.socket.empty()) {
    listener = Listener::Listen(options.socket, limits.socket_connections);
    if (!listener.ok()) return Named("--grpc-socket", listener.status());
    state->socket_listener = *std::move(listener);
    // No token: who may open it has shown as much as one that has the file of the token.
    socket_acceptor = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
  }
  for (const auto& [argument, value] :
       {std::pair(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(limits.keepalive)),
        std::pair(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(limits.keepalive_timeout)),
        std::pair(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(limits.handshake)),
        std::pair(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(limits.idle)),
        std::pair(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.concurrent_streams),
        std::pair(GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes)}) {
    builder.AddChannelArgument(argument, value);
  }
  builder.SetMaxReceiveMessageSize(limits.request_bytes);
  grpc::ResourceQuota quota("memmond");
  quota.SetMaxThreads(kMostThreads);
  if (options.transport_bytes != 0) quota.Resize(options.transport_bytes);
  builder.SetResourceQuota(quota);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> creators;
  creators.push_back(std::make_unique<CallsForGuard>(&state->guard));
  builder.experimental().SetInterceptorCreators(std::move(creators));
  builder.RegisterService(&state->monitor);
  state->server = builder.BuildAndStart();
  if (state->server == nullptr) return absl::UnavailableError("gRPC's server does not start");
  if (!options.socket.empty() && chmod(options.socket.c_str(), kSocketMode) != 0) {
    return absl::UnavailableError(
        absl::StrCat("--grpc-socket: ", options.socket, ": ", strerror(errno)));
  }
  state->listener->Start(std::move(acceptor));
  if (state->socket_listener) state->socket_listener->Start(std::move(socket_acceptor));
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

uint16_t Server::port() const { return state_->listener->port(); }

size_t Server::connection_count() const { return state_->listener->connection_count(); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  // What memmond sends itself needs no bound of the client's.
  arguments.SetMaxReceiveMessageSize(-1);
  return state_->server->InProcessChannel(arguments);
}

std::string Server::Metrics() const { return state_->monitor.Metrics(); }

void Server::Shutdown(std::chrono::milliseconds grace) {
  if (state_->server == nullptr) return;
  state_->listener->Stop();
  if (state_->socket_listener) state_->socket_listener->Stop();
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
