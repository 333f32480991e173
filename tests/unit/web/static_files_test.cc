// SPDX-License-Identifier: Apache-2.0

#include "web/static_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace memmon::web {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/memmon-static-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    base_ = name;
    Write("secret", "secret");
    Write("root/index.html", "<html>");
    Write("root/assets/index-B2x9_aQ1.js", "plain");
    Write("root/assets/index-B2x9_aQ1.js.gz", "packed");
    fs::create_symlink(base_ / "secret", base_ / "root/link");
    fs::create_symlink("index.html", base_ / "root/inside");
  }
  void TearDown() override { fs::remove_all(base_); }

  void Write(const fs::path& path, const std::string& text) {
    fs::create_directories((base_ / path).parent_path());
    std::ofstream(base_ / path) << text;
  }

  fs::path base_;
};

TEST_F(StaticFilesTest, TheRootIsTheIndexAndIsAskedForAgain) {
  StaticFiles files(base_ / "root");
  EXPECT_TRUE(files.available());
  auto file = files.Find("/", "");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(*file->body, "<html>");
  EXPECT_EQ(file->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(file->cache_control, "no-cache");
}

TEST_F(StaticFilesTest, HashedNamesAreKeptForEver) {
  auto file = StaticFiles(base_ / "root").Find("/assets/index-B2x9_aQ1.js", "");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(*file->body, "plain");
  EXPECT_EQ(file->cache_control, "public, max-age=31536000, immutable");
}

TEST_F(StaticFilesTest, APackedFileIsTakenWhereItIsAccepted) {
  StaticFiles files(base_ / "root");
  auto plain = files.Find("/assets/index-B2x9_aQ1.js", "br");
  auto packed = files.Find("/assets/index-B2x9_aQ1.js", "br, gzip;q=0.5");
  ASSERT_TRUE(plain && packed);
  EXPECT_EQ(*packed->body, "packed");
  EXPECT_EQ(packed->content_encoding, "gzip");
  EXPECT_EQ(packed->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(*plain->body, "plain");
  EXPECT_NE(plain->etag, packed->etag);
}

TEST_F(StaticFilesTest, WhoIsSentTheSameSharesIt) {
  StaticFiles files(base_ / "root");
  auto first = files.Find("/", "");
  auto second = files.Find("/", "");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->body, second->body);
  // What nobody is sent any more is not kept.
  std::weak_ptr<const std::string> body = first->body;
  first.reset();
  second.reset();
  EXPECT_TRUE(body.expired());
  // What has changed is another's.
  auto before = files.Find("/", "");
  Write("root/index.html", "<html>!");
  auto after = files.Find("/", "");
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*before->body, "<html>");
  EXPECT_EQ(*after->body, "<html>!");
}

TEST_F(StaticFilesTest, AnotherContentHasAnotherTag) {
  StaticFiles files(base_ / "root");
  auto before = files.Find("/", "");
  Write("root/index.html", "<html>!");
  auto after = files.Find("/", "");
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->etag, after->etag);
}

TEST_F(StaticFilesTest, NothingOutsideIsServed) {
  StaticFiles files(base_ / "root");
  EXPECT_TRUE(files.Find("/inside", "").has_value());
  for (const char* path : {"/link", "/../secret", "/assets", "/nothing", "/index.html/x"}) {
    EXPECT_FALSE(files.Find(path, "").has_value()) << path;
  }
}

TEST_F(StaticFilesTest, WithoutARootThereIsNothing) {
  for (const fs::path& root : {fs::path(), base_ / "nothing", base_ / "secret"}) {
    StaticFiles files(root);
    EXPECT_FALSE(files.available());
    EXPECT_FALSE(files.Find("/", "").has_value());
  }
}

TEST(HashedName, IsVites) {
  EXPECT_TRUE(HasHashedName("/assets/echarts-DkX0z-9_.css"));
  EXPECT_FALSE(HasHashedName("/index.html"));
  EXPECT_FALSE(HasHashedName("/assets/logo.svg"));
  EXPECT_FALSE(HasHashedName("/assets/my-logo.svg"));
}

TEST(AcceptsEncoding, GoesByWeights) {
  EXPECT_TRUE(AcceptsEncoding("gzip, deflate, br", "br"));
  EXPECT_TRUE(AcceptsEncoding("br ; q=0.1", "br"));
  EXPECT_FALSE(AcceptsEncoding("br;q=0, gzip", "br"));
  EXPECT_FALSE(AcceptsEncoding("", "gzip"));
  EXPECT_FALSE(AcceptsEncoding("xgzip", "gzip"));
}

}  // namespace
}  // namespace memmon::web
