// SPDX-License-Identifier: Apache-2.0
//
// gRPC's Unix socket: how many it takes, what they are shown, and that it goes on listening.

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "api/server.h"
#include "device/fd.h"
#include "server_fixture.h"

namespace memmon::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ServerSocketTest : public ServerTest {
 protected:
  ServerSocketTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    directory_ = mkdtemp(directory.data());
  }
  ~ServerSocketTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::string path() const { return (directory_ / "50%.socket").string(); }
  // What does not come is not waited for.
  static device::Fd Socket() {
    device::Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval limit{20, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    return fd;
  }
  // A connection; what waits is served later.
  device::Fd Open() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    device::Fd fd = Socket();
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }
  // The first byte of the server's SETTINGS came, or the connection was closed.
  static bool Served(const device::Fd& fd) {
    char byte = 0;
    return write(fd.get(), kPreface.data(), kPreface.size()) > 0 && read(fd.get(), &byte, 1) == 1;
  }

  std::filesystem::path directory_;
};

TEST_F(ServerSocketTest, WhoComesOverItIsShownDetails) {
  Start(Limits(), 0, path());
  const auto hidden = [](const std::string& address) {
    const auto client = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    v1::GetStatusResponse response;
    const grpc::Status status = client->GetStatus(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.details_hidden();
  };
  // % is an escape there.
  EXPECT_FALSE(hidden("unix:" + (directory_ / "50%25.socket").string()));
  EXPECT_TRUE(hidden("127.0.0.1:" + std::to_string(server_->port())));
}

TEST_F(ServerSocketTest, TakesSoMany) {
  Limits limits;
  limits.socket_connections = 2;
  Start(limits, 0, path());
  {
    const device::Fd first = Open();
    const device::Fd second = Open();
    EXPECT_TRUE(Served(first));
    EXPECT_TRUE(Served(second));
    signal(SIGPIPE, SIG_IGN);
    EXPECT_FALSE(Served(Open()));
  }
  // Their places are others' once they are gone, however soon that is noticed.
  const auto deadline = std::chrono::steady_clock::now() + seconds(20);
  bool served = false;
  while (!served && std::chrono::steady_clock::now() < deadline) served = Served(Open());
  EXPECT_TRUE(served);
  server_->Shutdown(milliseconds(0));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(ServerSocketTest, ListensAgainAfterDescriptorsRanOut) {
  Start(Limits(), 0, path());
  // What is logged can be read here.
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const device::Fd log(ends[0]);
  device::Fd instead(ends[1]);
  const device::Fd standard_error(dup(STDERR_FILENO));
  const device::Fd client = Socket();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  dup2(instead.get(), STDERR_FILENO);
  instead.Reset();
  rlimit none = before;
  none.rlim_cur = 3;  // all that are above are open, or are not to be had
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  std::string told;
  char text[512];
  pollfd waiting{log.get(), POLLIN, 0};
  while (told.find("accept_failed") == std::string::npos && poll(&waiting, 1, 20'000) > 0) {
    told.append(text,
                static_cast<size_t>(std::max<ssize_t>(read(log.get(), text, sizeof(text)), 0)));
  }
  dup2(standard_error.get(), STDERR_FILENO);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(told.find("accept_failed"), std::string::npos);
  EXPECT_TRUE(Served(client));
  EXPECT_TRUE(Served(Open()));
}

}  // namespace
}  // namespace memmon::api
