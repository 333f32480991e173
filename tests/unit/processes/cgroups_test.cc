// SPDX-License-Identifier: Apache-2.0
//
// Over a tree of directories of the test's own: what a cgroup's id is, its inode's number
// is anywhere.

#include "processes/cgroups.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace memmon::processes {
namespace {

class CgroupsTest : public testing::Test {
 protected:
  CgroupsTest() : root_(testing::TempDir() + "cgroups." + std::to_string(getpid())) {
    std::filesystem::create_directories(root_);
  }
  ~CgroupsTest() override { std::filesystem::remove_all(root_); }

  uint64_t Make(const std::string& path) {
    std::filesystem::create_directories(root_ + path);
    struct stat status {};
    EXPECT_EQ(stat((root_ + path).c_str(), &status), 0);
    return status.st_ino;
  }
  CgroupsOptions Options() const {
    CgroupsOptions options;
    options.root = root_;
    return options;
  }

  const std::string root_;
};

TEST_F(CgroupsTest, KnowsWhoseEachIs) {
  const uint64_t unit = Make("/system.slice/ssh.service");
  const uint64_t container = Make("/system.slice/docker-1f.scope");
  const uint64_t inner = Make("/system.slice/docker-1f.scope/init/deep");
  const uint64_t nobodys = Make("/user.slice");
  std::ofstream(root_ + "/cgroup.procs") << "1\n";
  Cgroups cgroups(Options());
  EXPECT_EQ(cgroups.NameOf(unit), "ssh.service");
  EXPECT_EQ(cgroups.NameOf(container), "docker-1f.scope");
  EXPECT_EQ(cgroups.NameOf(inner), "docker-1f.scope");
  EXPECT_EQ(cgroups.NameOf(nobodys), "");
}

TEST_F(CgroupsTest, FindsThoseThatComeAndKeepsThoseThatGo) {
  Cgroups cgroups(Options());
  const uint64_t first = Make("/first.service");
  EXPECT_EQ(cgroups.NameOf(first), "first.service");
  const uint64_t second = Make("/second.service");
  EXPECT_EQ(cgroups.NameOf(second), "second.service");
  std::filesystem::remove_all(root_ + "/first.service");
  EXPECT_EQ(cgroups.NameOf(first), "first.service");
  // One that was gone before it was asked for.
  EXPECT_EQ(cgroups.NameOf(~0ULL), "");
}

TEST_F(CgroupsTest, LooksNoMoreOftenThanItMay) {
  CgroupsOptions options = Options();
  options.most_looks = 2;
  options.between_looks = std::chrono::hours(1);
  Cgroups cgroups(options);
  const uint64_t known = Make("/known.service");
  EXPECT_EQ(cgroups.NameOf(known), "known.service");
  EXPECT_EQ(cgroups.NameOf(~0ULL), "");
  const uint64_t late = Make("/late.service");
  EXPECT_EQ(cgroups.NameOf(late), std::nullopt);
  EXPECT_EQ(cgroups.NameOf(late), std::nullopt);
  EXPECT_EQ(cgroups.NameOf(known), "known.service");
}

TEST_F(CgroupsTest, WhatCouldNotBeReadIsAskedForAgain) {
  Cgroups cgroups(Options());
  const uint64_t there = Make("/there.service");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto name = cgroups.NameOf(there);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(name, std::nullopt);
  EXPECT_EQ(cgroups.NameOf(there), "there.service");
}

TEST_F(CgroupsTest, ForgetsWhatItCanLookUpAgain) {
  CgroupsOptions options = Options();
  options.max_known = 10;
  // On a busy machine one look takes so long that it is counted as many.
  options.most_looks = 1'000'000;
  Cgroups cgroups(options);
  const uint64_t there = Make("/there.service");
  for (uint64_t gone = 1; gone <= 50; ++gone) EXPECT_EQ(cgroups.NameOf(~gone), "");
  EXPECT_EQ(cgroups.NameOf(there), "there.service");
}

TEST_F(CgroupsTest, WithoutAHierarchyNothingIsKnown) {
  CgroupsOptions options;
  options.root = "";
  EXPECT_EQ(Cgroups(options).NameOf(1), "");
  options.root = "/no/such/place";
  EXPECT_EQ(Cgroups(options).NameOf(1), "");
}

TEST_F(CgroupsTest, IsOfTheBootThatRuns) {
  CgroupsOptions options = Options();
  options.boot_id_file = root_ + "/boot_id";
  std::ofstream(options.boot_id_file) << "00010203-0405-0607-0809-0a0b0c0d0eff\n";
  const Cgroups cgroups(options);
  std::array<uint8_t, 16> id{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255};
  EXPECT_TRUE(cgroups.IsOfBoot(id));
  id[15] = 15;
  EXPECT_FALSE(cgroups.IsOfBoot(id));
  options.boot_id_file = "/no/such/file";
  EXPECT_FALSE(Cgroups(options).IsOfBoot({}));
}

}  // namespace
}  // namespace memmon::processes
