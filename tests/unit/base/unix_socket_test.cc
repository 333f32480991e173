// SPDX-License-Identifier: Apache-2.0

#include "base/unix_socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace memmon::base {
namespace {

class UnixSocketTest : public testing::Test {
 protected:
  UnixSocketTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    directory_ = mkdtemp(directory.data());
  }
  ~UnixSocketTest() override {
    if (fd_ >= 0) close(fd_);
    std::filesystem::remove_all(directory_);
  }
  std::string path() const { return (directory_ / "socket").string(); }
  // A socket at path(), on which somebody listens or that somebody left behind.
  void Make(bool listens) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, kMostSocketPathBytes);
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    if (listens) {
      ASSERT_EQ(listen(fd_, 0), 0);
    }
  }
  std::string Refused() const {
    const absl::Status status = ListenOnSocket(path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    return std::string(status.message());
  }
  // Whoever connects is there to be accepted, and accepting waits for nobody.
  void ExpectListens() const {
    const absl::StatusOr<int> listening = ListenOnSocket(path());
    ASSERT_TRUE(listening.ok()) << listening.status();
    EXPECT_NE(fcntl(*listening, F_GETFL) & O_NONBLOCK, 0);
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, kMostSocketPathBytes);
    EXPECT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const int accepted = accept(*listening, nullptr, nullptr);
    EXPECT_GE(accepted, 0);
    for (const int fd : {accepted, client, *listening}) close(fd);
  }

  std::filesystem::path directory_;
  int fd_ = -1;
};

TEST_F(UnixSocketTest, ListensWhereNothingIs) { ExpectListens(); }

TEST_F(UnixSocketTest, ListensInThePlaceOfOneThatIsLeftBehind) {
  Make(/*listens=*/false);
  ExpectListens();
}

TEST_F(UnixSocketTest, OneThatSomebodyListensOnStays) {
  Make(/*listens=*/true);
  // Also when more already wait for it than it takes.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Refused(), "cannot listen on " + path() +
                             ": another program listens there; see who: ss -lxp 'src " + path() +
                             "', or choose another path");
  }
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(UnixSocketTest, WhatIsNoSocketStays) {
  std::ofstream(path()) << "precious";
  EXPECT_NE(Refused().find("something else is there"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path()), 8u);
  std::filesystem::rename(path(), directory_ / "elsewhere");
  std::filesystem::create_symlink(directory_ / "elsewhere", path());
  EXPECT_NE(Refused().find("something else is there"), std::string::npos);
}

TEST_F(UnixSocketTest, SaysThatTheDirectoryIsMissing) {
  const absl::Status status = ListenOnSocket(path() + "/socket").status();
  EXPECT_EQ(status.message(), "cannot listen on " + path() +
                                  "/socket: No such file or directory; its directory must be "
                                  "there, and memmond's to write to");
}

TEST_F(UnixSocketTest, ALongPathIsRefused) {
  EXPECT_EQ(ListenOnSocket(std::string(108, 'a')).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ListenOnSocket("").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace memmon::base
