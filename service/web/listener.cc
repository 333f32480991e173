// SPDX-License-Identifier: Apache-2.0

#include "web/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "base/listen.h"
#include "base/log.h"

namespace memmon::web {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds kPauseAfterError{100};
constexpr int kKeepaliveProbes = 3;

// Keepalive asks while nothing is under way, the user timeout ends what is: without it the
// kernel sends again for a quarter of an hour.
void SetSocketOptions(tcp::socket& socket, std::chrono::seconds vanished) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto seconds = static_cast<int>(vanished.count());
  for (const auto& [option, value] :
       {std::pair(TCP_KEEPIDLE, seconds / 2),
        std::pair(TCP_KEEPINTVL, seconds / 2 / kKeepaliveProbes),
        std::pair(TCP_KEEPCNT, kKeepaliveProbes), std::pair(TCP_USER_TIMEOUT, 1'000 * seconds)}) {
    setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
  }
}

}  // namespace

Listener::Listener(asio::io_context* io, const Site* site, SessionSet* sessions)
    : io_(io),
      site_(site),
      sessions_(sessions),
      pace_("web", "--web-address", site->limits.sessions, site->limits.session_interval),
      strand_(asio::make_strand(*io)),
      acceptor_(strand_),
      pause_(strand_) {}

absl::Status Listener::Listen(const std::string& host, uint16_t port) {
  boost::system::error_code error;
  asio::ip::address address = asio::ip::make_address(host, error);
  if (error) return absl::InvalidArgumentError("\"" + host + "\" is not an IP address");
  tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return base::ListenError(host, port, error.value());
  asio::post(strand_, [self = shared_from_this()] { self->Accept(); });
  return absl::OkStatus();
}

uint16_t Listener::port() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error).port();
}

void Listener::Stop() {
  asio::post(strand_, [self = shared_from_this()] {
    boost::system::error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
}

void Listener::Accept() {
  if (!acceptor_.is_open()) return;
  acceptor_.async_accept(
      asio::make_strand(*io_),
      [self = shared_from_this()](boost::system::error_code error, tcp::socket socket) {
        self->OnAccept(error, std::move(socket));
      });
}

void Listener::OnAccept(boost::system::error_code error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (!error) {
    // First: whatever comes of this one, the next is waited for.
    AcceptIn(pace_.Take(std::chrono::steady_clock::now()));
    return Begin(std::move(socket));
  }
  base::LogWarning("accept_failed", {{"error", error.message()}});
  // No file descriptors are left, perhaps: give others time to end.
  AcceptIn(kPauseAfterError);
}

void Listener::AcceptIn(std::chrono::nanoseconds pause) {
  if (pause == std::chrono::nanoseconds(0)) return Accept();
  pause_.expires_after(pause);
  pause_.async_wait([self = shared_from_this()](boost::system::error_code) { self->Accept(); });
}

void Listener::Begin(tcp::socket socket) {
  boost::system::error_code gone;
  const std::string peer = socket.remote_endpoint(gone).address().to_string();
  // One too many is closed at once.
  if (!gone && sessions_->size() < site_->limits.sessions &&
      sessions_->Count(peer) < site_->limits.sessions_per_address) {
    SetSocketOptions(socket, site_->limits.vanished);
    std::make_shared<Session>(std::move(socket), peer, site_, sessions_)->Start();
  }
}

}  // namespace memmon::web
