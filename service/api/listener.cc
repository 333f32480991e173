// SPDX-License-Identifier: Apache-2.0

#include "api/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/listen.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "base/unix_socket.h"

namespace memmon::api {
namespace {

// After an error of accept: no file descriptor is left, perhaps.
constexpr std::chrono::milliseconds kPauseAfterError{100};

// What may wait to be read, of a connection: requests are small. It is megabytes otherwise,
// and gRPC reads them at once.
constexpr int kUnreadBytes = 64 << 10;

// The first two as gRPC has them for connections that it accepts itself.
void SetSocketOptions(int fd, std::chrono::milliseconds silence) {
  const int on = 1;
  const auto silence_ms = static_cast<unsigned>(silence.count());
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof(silence_ms));
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kUnreadBytes, sizeof(kUnreadBytes));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const std::string& host, uint16_t port,
                                                           const Limits& limits,
                                                           FloodGuard* guard) {
  const absl::StatusOr<int> socket = base::Listen(host, port);
  if (!socket.ok()) return socket.status();
  device::Fd owned(*socket);
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  if (getsockname(*socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return base::ListenError(host, port, errno);
  }
  const in_port_t bound = address.ss_family == AF_INET
                              ? reinterpret_cast<const sockaddr_in*>(&address)->sin_port
                              : reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port;
  return std::unique_ptr<Listener>(
      new Listener(std::move(owned), limits.connections,
                   Tcp{ntohs(bound), limits.keepalive_timeout, guard,
                       base::ConnectionPace("grpc", "--grpc-address", limits.connections,
                                            limits.connection_interval)},
                   ""));
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(const std::string& path, size_t most) {
  const absl::StatusOr<int> socket = base::ListenOnSocket(path);
  if (!socket.ok()) return socket.status();
  return std::unique_ptr<Listener>(new Listener(device::Fd(*socket), most, std::nullopt, path));
}

Listener::~Listener() { Stop(); }

void Listener::Start(std::unique_ptr<Acceptor> acceptor) {
  acceptor_ = std::move(acceptor);
  thread_ = std::thread([this] {
    base::NameThisThread("grpc-accept");
    Run();
  });
}

void Listener::Stop() {
  stop_.Interrupt();
  if (thread_.joinable()) thread_.join();
  if (socket_.valid() && !path_.empty()) unlink(path_.c_str());
  socket_.Reset();
}

size_t Listener::connection_count() {
  const std::lock_guard lock(mutex_);
  ForgetClosed();
  return connections_.size();
}

void Listener::Run() {
  while (stop_.WaitReadable(socket_.get()).ok() && !stop_.pending()) {
    device::Fd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.valid()) {
      Take(std::move(connection));
      if (tcp_) stop_.WaitFor(tcp_->pace.Take(std::chrono::steady_clock::now()));
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      base::LogWarning("accept_failed", {{"service", "grpc"}, {"error", strerror(errno)}});
      stop_.WaitFor(kPauseAfterError);
    }
  }
}

void Listener::Take(device::Fd connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connections_.size() >= most_) ForgetClosed();
    if (connections_.size() >= most_) {
      // Once, not each time: whoever brings this about could fill the log.
      if (!full_) {
        base::LogWarning("connections_full",
                         {{"service", "grpc"}, {"connections", std::to_string(most_)}});
      }
      full_ = true;
      return;
    }
    full_ = false;
    connections_.emplace_back(connection.get());
  }
  if (tcp_) {
    SetSocketOptions(connection.get(), tcp_->silence);
    tcp_->guard->Watch(connection.get());
  }
  Acceptor::NewConnectionParameters handed;
  handed.fd = connection.Release();
  acceptor_->HandleNewConnection(&handed);
}

void Listener::ForgetClosed() {
  std::erase_if(connections_, [](const HandedSocket& connection) { return !connection.open(); });
}

}  // namespace memmon::api
