// SPDX-License-Identifier: Apache-2.0

#include "ctl/address.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

namespace memmon::ctl {
namespace {

constexpr char kLoopback[] = "127.0.0.1:50051";

class AddressTest : public testing::Test {
 protected:
  AddressTest() {
    char path[] = "/tmp/memmonctl-test-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~AddressTest() override { std::filesystem::remove_all(directory_); }

  std::string Path() const { return directory_ + "/memmond.sock"; }
  // A socket at Path(); with a `backlog` of -1 nobody listens.
  int Bind(int backlog) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, Path().c_str(), sizeof(address.sun_path) - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    if (backlog >= 0) {
      EXPECT_EQ(listen(fd, backlog), 0);
    }
    return fd;
  }
  Address Find() const { return FindAddress("", Path(), messages_); }

  std::string directory_;
  const Messages messages_{Language::kEnglish};
};

TEST_F(AddressTest, IsAsTold) {
  const auto find = [&](const std::string& told) {
    return FindAddress(told, Path(), messages_).target;
  };
  EXPECT_EQ(find("host:1"), "host:1");
  EXPECT_EQ(find("host"), "host:50051");
  EXPECT_EQ(find("::1"), "[::1]:50051");
  EXPECT_EQ(find("[::1]"), "[::1]:50051");
  EXPECT_EQ(find("[::1]:1"), "[::1]:1");
  EXPECT_EQ(find("unix:/a"), "unix:/a");
}

TEST_F(AddressTest, TakesASocketOnWhichSomebodyListens) {
  const int fd = Bind(8);
  EXPECT_EQ(Find().target, "unix:" + Path());
  EXPECT_EQ(Find().tried, "");
  close(fd);
}

TEST_F(AddressTest, TakesOneThatIsBusy) {
  const int fd = Bind(0);
  // The first fills the queue.
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Find().target, "unix:" + Path());
  close(fd);
}

TEST_F(AddressTest, SaysWhyASocketIsNotTaken) {
  EXPECT_EQ(Find().target, kLoopback);
  EXPECT_EQ(Find().tried, "unix:" + Path() + " is not there");
  const int fd = Bind(-1);
  EXPECT_EQ(Find().target, kLoopback);
  EXPECT_EQ(Find().tried, "nobody listens at unix:" + Path());
  close(fd);
}

TEST_F(AddressTest, SaysWhoMayOpenIt) {
  const int fd = Bind(8);
  ASSERT_EQ(chmod(Path().c_str(), 0), 0);
  ASSERT_EQ(chmod(directory_.c_str(), 0755), 0);
  // root may open all; so another asks.
  EXPECT_EXIT(
      {
        if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
        const Address found = Find();
        const bool told = found.tried.find("you may not open unix:") == 0;
        _exit(told && found.target == kLoopback ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  close(fd);
}

TEST_F(AddressTest, LooksForNoSocketWhereThereIsNone) {
  EXPECT_EQ(FindAddress("", "", messages_).target, kLoopback);
  EXPECT_EQ(FindAddress("", "", messages_).tried, "");
}

TEST(Address, TellsWhatOthersCannotRead) {
  for (const char* local : {"127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/a"}) {
    EXPECT_TRUE(IsLocal(local)) << local;
  }
  EXPECT_FALSE(IsLocal("192.0.2.1:1"));
  EXPECT_FALSE(IsLocal("127.example.org:1"));
}

}  // namespace
}  // namespace memmon::ctl
