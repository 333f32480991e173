// SPDX-License-Identifier: Apache-2.0

#include "device/load_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"

namespace memmon::device {
namespace {

class LoadCommandTest : public testing::Test {
 protected:
  // One's own: tests run side by side.
  LoadCommandTest() { EXPECT_NE(mkdtemp(directory_.data()), nullptr); }
  ~LoadCommandTest() override { std::filesystem::remove_all(directory_); }

  // What is typed where depmod has written `list`.
  std::string Command(const std::string& list) {
    std::ofstream(directory_ + "/modules.dep") << list;
    return LoadCommand(directory_);
  }

  std::string directory_ = testing::TempDir() + "load_command.XXXXXX";
};

TEST_F(LoadCommandTest, AnInstalledModuleIsForModprobe) {
  EXPECT_EQ(Command("kernel/fs/fuse/fuse.ko:\nupdates/memmon.ko:\n"), "sudo modprobe memmon");
  EXPECT_EQ(Command("updates/dkms/memmon.ko.xz: kernel/fs/fuse/fuse.ko\n"), "sudo modprobe memmon");
}

TEST_F(LoadCommandTest, OneThatIsNotInstalledIsBuilt) {
  for (const char* list : {"", "updates/other.ko: memmon.ko\n", "updates/notmemmon.ko:\n"}) {
    EXPECT_TRUE(absl::StrContains(Command(list), "sudo insmod build/kmod/host/memmon.ko")) << list;
  }
  EXPECT_TRUE(absl::StrContains(LoadCommand(directory_ + "/none"), "scripts/install"));
}

// As root would see it all, the one who looks is nobody.
TEST_F(LoadCommandTest, OneThatIsHiddenByTheUnitIsForModprobe) {
  Command("");
  std::filesystem::permissions(directory_, std::filesystem::perms::none);
  const uid_t user = geteuid();
  if (user == 0) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const std::string command = LoadCommand(directory_);
  ASSERT_EQ(seteuid(user), 0);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);
  EXPECT_EQ(command.substr(0, command.find(" (")), "sudo modprobe memmon");
  // It may not be there either; a package's unit does not know.
  EXPECT_TRUE(absl::StrContains(command, "memmon-dkms")) << command;
}

}  // namespace
}  // namespace memmon::device
