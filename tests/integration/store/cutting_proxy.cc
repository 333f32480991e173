// SPDX-License-Identifier: Apache-2.0

#include "cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace memmon::test {
namespace {

constexpr int kPort = 6543;
constexpr int kLookMs = 20;

sockaddr_un Address(const std::string& dir, int port) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.%d", dir.c_str(), port);
  return address;
}

bool SendAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = send(fd, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(sent);
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(const std::string& socket_dir) : dir_(socket_dir) {
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(dir_, kPort);
  unlink(address.sun_path);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, 8) != 0) {
    std::perror("cutting proxy");
    std::abort();
  }
  acceptor_ = std::thread([this] { Accept(); });
}

CuttingProxy::~CuttingProxy() {
  stop_ = true;
  acceptor_.join();
  for (auto& forwarder : forwarders_) forwarder.join();
  close(listener_);
}

void CuttingProxy::Arm(Cut cut, int count) {
  cut_ = cut;
  armed_ = count;
}

std::string CuttingProxy::conninfo(const std::string& database) const {
  return "host=" + dir_ + " port=" + std::to_string(kPort) + " user=memmon dbname=" + database;
}

void CuttingProxy::Accept() {
  while (!stop_) {
    pollfd fd = {listener_, POLLIN, 0};
    if (poll(&fd, 1, kLookMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) forwarders_.emplace_back([this, client] { Forward(client); });
  }
}

void CuttingProxy::Forward(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(dir_, 5432);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  std::array<char, 65536> buffer{};
  while (open && !stop_) {
    std::array<pollfd, 2> fds = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(fds.data(), fds.size(), kLookMs) <= 0) continue;
    if (fds[0].revents != 0) {
      const ssize_t size = recv(client, buffer.data(), buffer.size(), 0);
      if (size <= 0) break;
      const std::string_view data(buffer.data(), size);
      // A Query message ends with a 0; this one with the word before it.
      constexpr std::string_view kCommit("COMMIT\0", 7);
      if (armed_ > 0 && data.size() >= kCommit.size() &&
          data.substr(data.size() - kCommit.size()) == kCommit) {
        --armed_;
        ++cuts_;
        if (cut_ == Cut::kAfterServer && SendAll(server, data)) {
          // The answer shows that it was committed; nobody else sees it.
          (void)recv(server, buffer.data(), buffer.size(), 0);
        }
        break;
      }
      open = SendAll(server, data);
    }
    if (fds[1].revents != 0) {
      const ssize_t size = recv(server, buffer.data(), buffer.size(), 0);
      open = size > 0 && SendAll(client, {buffer.data(), static_cast<size_t>(size)});
    }
  }
  close(server);
  close(client);
}

}  // namespace memmon::test
