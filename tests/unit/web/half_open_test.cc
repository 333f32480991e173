// SPDX-License-Identifier: Apache-2.0
//
// Clients whose machine is gone: nothing says so, and nothing answers. In a network of the
// test's own, whose loopback it takes down.

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include "fake_api.h"
#include "web/server.h"
#include "web_socket_peer.h"

namespace memmon::web {
namespace {

using std::chrono::seconds;

// This thread's, until it goes: sockets stay where they were made.
class Network {
 public:
  Network() : before_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    // Who is not root is root in a namespace of users, which one thread alone may enter.
    const bool entered = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
    EXPECT_TRUE(entered) << strerror(errno);
    SetUp(true);
  }
  ~Network() {
    setns(before_, CLONE_NEWNET);
    close(before_);
  }
  void Cut() { SetUp(false); }

 private:
  void SetUp(bool up) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    strcpy(request.ifr_name, "lo");
    EXPECT_EQ(ioctl(fd, SIOCGIFFLAGS, &request), 0);
    request.ifr_flags =
        static_cast<short>(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    EXPECT_EQ(ioctl(fd, SIOCSIFFLAGS, &request), 0);
    close(fd);
  }

  const int before_;
};

class HalfOpen : public testing::Test {
 protected:
  HalfOpen() {
    ServerOptions options;
    options.limits.vanished = seconds(6);
    Handlers handlers;
    handlers.api = api_.channel();
    auto server = Server::Start(options, std::move(handlers));
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // A call of gRPC-Web that is open, and has not been told anything.
  std::unique_ptr<Peer> Watch() {
    auto peer = std::make_unique<Peer>(server_->port());
    peer->Send(
        "POST /memmon.v1.MemoryMonitor/Watch HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/grpc-web+proto\r\nContent-Length: 7\r\n\r\n" +
        std::string("\0\0\0\0\2hi", 7));
    EXPECT_NE(peer->ReadUntil("\r\n\r\n").find("200 OK"), std::string::npos);
    EXPECT_TRUE(Eventually([this] { return api_.watching() == 1; }));
    return peer;
  }
  static bool Eventually(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  bool AllIsGone() {
    return Eventually([this] { return server_->session_count() == 0 && api_.open() == 0; });
  }

  Network network_;
  FakeApi api_;
  std::unique_ptr<Server> server_;
};

TEST_F(HalfOpen, ACallThatIsToldNothingEnds) {
  const auto peer = Watch();
  network_.Cut();
  EXPECT_TRUE(AllIsGone());
}

// What is on its way keeps the kernel from asking.
TEST_F(HalfOpen, ACallThatIsToldSomethingEndsAsSoon) {
  const auto peer = Watch();
  network_.Cut();
  api_.Say();
  EXPECT_TRUE(AllIsGone());
}

TEST_F(HalfOpen, ACallThatIsQuietStaysOpen) {
  const auto peer = Watch();
  // Longer than whoever is gone is waited for: asked, its kernel answers.
  EXPECT_FALSE(peer->HasSomething(seconds(7)));
  EXPECT_EQ(server_->session_count(), 1u);
  api_.Say();
  EXPECT_TRUE(peer->HasSomething(std::chrono::minutes(2)));
}

}  // namespace
}  // namespace memmon::web
