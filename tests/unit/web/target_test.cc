// SPDX-License-Identifier: Apache-2.0

#include "web/target.h"

#include <gtest/gtest.h>

namespace memmon::web {
namespace {

TEST(Target, IsDecoded) {
  auto target = ParseTarget("/a%20b/c+d?page=2&q=x+y%26z&flag&page=3");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->path, "/a b/c+d");
  EXPECT_EQ(target->query.at("page"), "3");
  EXPECT_EQ(target->query.at("q"), "x y&z");
  EXPECT_EQ(target->query.at("flag"), "");
}

TEST(Target, OfTheRootIsPlain) { EXPECT_EQ(ParseTarget("/")->path, "/"); }

TEST(Target, ThatClimbsOrIsMalformedIsRefused) {
  for (const char* text :
       {"",         "*",     "a",     "http://x/", "/..",       "/../etc/passwd", "/a/../b",
        "/a/./b",   "//etc", "/a//b", "/a/",       "/%2e%2e/x", "/%2E%2E%2fetc",  "/a%00b",
        "/a%0ab",   "/%",    "/%2",   "/%zz",      "/a\\b",     "/%5c..%5c",      "/x?a=%",
        "/x?a=%0d", "/.."}) {
    EXPECT_FALSE(ParseTarget(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace memmon::web
