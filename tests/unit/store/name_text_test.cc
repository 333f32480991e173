// SPDX-License-Identifier: Apache-2.0

#include "store/name_text.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace memmon::store {
namespace {

std::string Text(std::string_view name) {
  std::string text;
  AppendNameText(name, &text);
  return text;
}

TEST(NameText, LeavesOrdinaryNamesAlone) {
  EXPECT_EQ(Text("postgres"), "postgres");
  EXPECT_EQ(Text("ni\xc3\xb1o"), "ni\xc3\xb1o");
  EXPECT_EQ(Text(""), "");
}

TEST(NameText, WritesWhatIsNotUtf8AsHexadecimal) {
  EXPECT_EQ(Text("a\xff"
                 "b"),
            "a\\xffb");
  EXPECT_EQ(Text("\\"), "\\\\");
  EXPECT_EQ(Text("\xc3"), "\\xc3");  // cut in the middle of a character
}

TEST(NameText, EveryPairOfBytesComesBack) {
  for (int a = 1; a < 256; ++a) {
    for (int b = 1; b < 256; ++b) {
      const std::string name = {static_cast<char>(a), static_cast<char>(b), 'x', '4', '1'};
      const std::string text = Text(name);
      ASSERT_EQ(NameFromText(text), name) << a << " " << b;
      for (std::string_view rest = text; !rest.empty();) {
        const size_t length = base::Utf8CharacterLength(rest);
        ASSERT_GT(length, 0u) << "not UTF-8: " << text;
        rest.remove_prefix(length);
      }
    }
  }
}

TEST(NameText, LongestNameFits) {
  EXPECT_LE(Text(std::string(15, '\xff')).size(), kMaxNameTextBytes);
}

TEST(NameText, GlobBecomesLike) {
  EXPECT_EQ(LikePatternFromGlob("post*"), "post%");
  EXPECT_EQ(LikePatternFromGlob("p?st"), "p_st");
  EXPECT_EQ(LikePatternFromGlob("100%_"), "100\\%\\_");
  // Doubled as text, and each escaped once more for LIKE.
  EXPECT_EQ(LikePatternFromGlob("a\\b"), "a\\\\\\\\b");
  EXPECT_EQ(LikePatternFromGlob("\xff*"), "\\\\xff%");
  EXPECT_EQ(LikePatternFromGlob(""), "");
}

}  // namespace
}  // namespace memmon::store
