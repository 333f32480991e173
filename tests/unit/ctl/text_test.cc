// SPDX-License-Identifier: Apache-2.0

#include "ctl/text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <sstream>

#include "ctl/csv.h"
#include "ctl/sparkline.h"
#include "ctl/table.h"

namespace memmon::ctl {
namespace {

TEST(Text, CannotCommandATerminal) {
  EXPECT_EQ(Printable("a\033[2Jb\x7f"), "a?[2Jb?");
  // C1's CSI, as UTF-8.
  EXPECT_EQ(Printable("a\xc2\x9b"
                      "2J"),
            "a?2J");
  EXPECT_EQ(Printable("\xff\xfe"), "??");
  EXPECT_EQ(Printable("ñ"), "ñ");
  EXPECT_EQ(Printable("ñ", false), "?");
}

TEST(Text, TakesExactlyItsColumns) {
  ASSERT_NE(setlocale(LC_CTYPE, "C.UTF-8"), nullptr);
  EXPECT_EQ(FitLeft("ab", 4), "ab  ");
  EXPECT_EQ(FitRight("ñ", 3), "  ñ");
  EXPECT_EQ(FitLeft("abcdef", 3), "abc");
  // Half of a wide character is left out, and its column filled.
  EXPECT_EQ(FitLeft("漢字", 3), "漢 ");
  EXPECT_EQ(Width("漢字"), 4u);
}

TEST(Text, StandsInColumns) {
  Table table({{"N", Table::Align::kRight}, {"NAME"}});
  table.Add({"7", "a"});
  table.Add({"123", "longer"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "  N  NAME\n  7  a\n123  longer\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b c"}), "a,b c\r\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"x\"", "two\nlines"}),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n");
}

TEST(Sparkline, ShowsHowAFigureGoes) {
  EXPECT_EQ(Sparkline({0, 1, 4, 7, 8}, true), "▁▂▅█\xe2\x96\x88");
  EXPECT_EQ(Sparkline({0, std::nullopt, 8}, false), "_ #");
  EXPECT_EQ(Sparkline({}, true), "");
}

}  // namespace
}  // namespace memmon::ctl
