// SPDX-License-Identifier: Apache-2.0

#include "config/web_root.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace memmon::config {
namespace {

namespace fs = std::filesystem;

class WebRoot : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/memmon-root-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  void Add(const fs::path& folder) {
    fs::create_directories(root_ / folder);
    std::ofstream(root_ / folder / "index.html") << "x";
  }

  fs::path root_;
};

TEST_F(WebRoot, IsFoundFromABuildInTheTree) {
  Add("webui/dist");
  EXPECT_EQ(FindWebRoot(root_ / "build/release/service/memmond"), root_ / "webui/dist");
}

TEST_F(WebRoot, IsFoundBesideAnInstalledProgram) {
  Add("share/memmon/webui");
  EXPECT_EQ(FindWebRoot(root_ / "bin/memmond"), root_ / "share/memmon/webui");
}

TEST_F(WebRoot, IsEmptyWhereNothingWasBuilt) {
  fs::create_directories(root_ / "webui/dist");
  EXPECT_EQ(FindWebRoot(root_ / "build/release/service/memmond"), "");
}

}  // namespace
}  // namespace memmon::config
