// SPDX-License-Identifier: Apache-2.0

#include "web/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "web/listener.h"
#include "web/session.h"
#include "web/session_set.h"
#include "web/tls.h"

namespace memmon::web {
namespace {

namespace asio = boost::asio;

// Two, so that a large file read from disk holds up nobody's stream.
constexpr int kThreads = 2;
constexpr std::chrono::milliseconds kRecheck{50};

// What is thrown at work for a connection, since memory is short for one, ends that work
// alone: what holds the connection no more closes it.
void Serve(asio::io_context* io) {
  for (;;) {
    try {
      io->run();
      return;
    } catch (const std::exception& error) {
      base::LogError("web_connection_failed", {{"reason", error.what()}});
    }
  }
}

}  // namespace

struct Server::State {
  State(const ServerOptions& options, Handlers handlers, std::shared_ptr<asio::ssl::context> tls)
      : api(std::make_shared<ApiChannel>(handlers.api)),
        site{Replies(std::move(handlers), options.web_root),
             api,
             std::make_shared<AnswerBudget>(options.limits.answer_bytes,
                                            options.limits.small_answer_bytes),
             Gate({options.allowed_hosts, options.allowed_origins, options.access.token,
                   options.access.tls(), options.access.token_check}),
             options.limits,
             std::move(tls)} {}

  const std::shared_ptr<ApiChannel> api;
  const Site site;
  SessionSet sessions;
  asio::io_context io;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::shared_ptr<Listener> listener;
  std::vector<std::thread> threads;
};

absl::Status CheckTls(const base::Access& access) {
  if (!access.tls()) return absl::OkStatus();
  return MakeTlsContext(access).status();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      Handlers handlers) {
  std::shared_ptr<asio::ssl::context> tls;
  if (options.access.tls()) {
    auto made = MakeTlsContext(options.access);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  auto state = std::make_unique<State>(options, std::move(handlers), std::move(tls));
  state->work.emplace(state->io.get_executor());
  state->listener = std::make_shared<Listener>(&state->io, &state->site, &state->sessions);
  absl::Status listening = state->listener->Listen(options.host, options.port);
  if (!listening.ok()) return listening;
  for (int i = 0; i < kThreads; ++i) {
    state->threads.emplace_back([io = &state->io] { Serve(io); });
  }
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }  // NOLINT(bugprone-exception-escape)

uint16_t Server::port() const { return state_->listener->port(); }

size_t Server::session_count() const { return state_->sessions.size(); }

void Server::CloseApi() { state_->api->Close(); }

void Server::Stop(std::chrono::milliseconds grace) {
  CloseApi();
  if (state_->threads.empty()) return;
  auto deadline = std::chrono::steady_clock::now() + grace;
  state_->listener->Stop();
  for (const auto& session : state_->sessions.All()) session->Stop();
  // Cancelled calls end without delay; nothing else is waited for. Again and
  // again, as a connection may have been accepted just now.
  while (!state_->sessions.WaitUntilEmpty(deadline)) {
    for (const auto& session : state_->sessions.All()) session->Close();
    deadline = std::chrono::steady_clock::now() + kRecheck;
  }
  state_->work.reset();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

}  // namespace memmon::web
