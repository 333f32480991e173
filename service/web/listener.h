// SPDX-License-Identifier: Apache-2.0
//
// Accepts connections and starts a session for each.
//
// Thread safety: Listen before the threads run; Stop from any thread.

#ifndef MEMMON_WEB_LISTENER_H_
#define MEMMON_WEB_LISTENER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/connection_pace.h"
#include "web/session.h"

namespace memmon::web {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(boost::asio::io_context* io, const Site* site, SessionSet* sessions);

  // UNAVAILABLE, in one line, where the address cannot be had.
  absl::Status Listen(const std::string& host, uint16_t port);
  uint16_t port() const;
  void Stop();

 private:
  void Accept();
  void OnAccept(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
  void AcceptIn(std::chrono::nanoseconds pause);
  void Begin(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context* const io_;
  const Site* const site_;
  SessionSet* const sessions_;
  base::ConnectionPace pace_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_LISTENER_H_
