// SPDX-License-Identifier: Apache-2.0

#include "web/framing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace memmon::web {
namespace {

std::string Frame(const std::string& payload) {
  return MessageHeader(static_cast<uint32_t>(payload.size())) + payload;
}

TEST(FrameParser, GivesTheSameMessagesInAnyPieces) {
  const std::string body = Frame("one") + Frame("") + Frame(std::string(300, 'x'));
  for (size_t piece = 1; piece <= body.size(); ++piece) {
    FrameParser parser(1'000);
    std::vector<std::string> messages;
    for (size_t at = 0; at < body.size(); at += piece) {
      ASSERT_TRUE(parser.Feed(std::string_view(body).substr(at, piece), &messages).ok());
    }
    ASSERT_TRUE(parser.End().ok());
    ASSERT_EQ(messages, (std::vector<std::string>{"one", "", std::string(300, 'x')})) << piece;
  }
}

TEST(FrameParser, RefusesWhatIsTooLongBeforeItComes) {
  FrameParser parser(10);
  std::vector<std::string> messages;
  EXPECT_EQ(parser.Feed(MessageHeader(11), &messages).code(), absl::StatusCode::kResourceExhausted);
  FrameParser exact(10);
  EXPECT_TRUE(exact.Feed(Frame("0123456789"), &messages).ok());
  EXPECT_EQ(messages.size(), 1u);
}

TEST(FrameParser, RefusesOtherFlags) {
  std::vector<std::string> messages;
  EXPECT_EQ(FrameParser(10).Feed(std::string("\x01"), &messages).code(),
            absl::StatusCode::kUnimplemented);
  for (int flags : {0x02, 0x80, 0xff}) {
    EXPECT_EQ(FrameParser(10).Feed(std::string(1, static_cast<char>(flags)), &messages).code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(messages.empty());
}

TEST(FrameParser, KnowsAnEndInsideAFrame) {
  const std::string body = Frame("abc");
  for (size_t length = 0; length <= body.size(); ++length) {
    FrameParser parser(10);
    std::vector<std::string> messages;
    ASSERT_TRUE(parser.Feed(body.substr(0, length), &messages).ok());
    EXPECT_EQ(parser.End().ok(), length == 0 || length == body.size()) << length;
  }
}

TEST(TextDecoder, DecodesInAnyPiecesWithPaddingInside) {
  const std::string text =
      EncodeText("a") + EncodeText("bc") + EncodeText(std::string("\0\xff", 2)) + EncodeText("def");
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    TextDecoder decoder;
    std::string bytes;
    for (size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(decoder.Feed(std::string_view(text).substr(at, piece), &bytes).ok());
    }
    ASSERT_TRUE(decoder.End().ok());
    EXPECT_EQ(bytes, std::string("abc\0\xff", 5) + "def");
  }
}

TEST(TextDecoder, RefusesWhatIsNotBase64) {
  for (const char* text : {"AA*A", "A===", "=AAA", "AA=A", "AA\nA", "===="}) {
    TextDecoder decoder;
    std::string bytes;
    EXPECT_FALSE(decoder.Feed(text, &bytes).ok()) << text;
  }
  TextDecoder decoder;
  std::string bytes;
  EXPECT_TRUE(decoder.Feed("AAA", &bytes).ok());
  EXPECT_FALSE(decoder.End().ok());
}

TEST(TrailerFrame, IsFlaggedLowerCaseAndEncoded) {
  std::string frame =
      TrailerFrame(3, "50% d\xc3\xa9j\xc3\xa0\r\nx", {{"a-bin", "\xff"}, {"b", "c"}});
  std::string text =
      "grpc-status: 3\r\ngrpc-message: 50%25 d%C3%A9j%C3%A0%0D%0Ax\r\na-bin: /w==\r\nb: c\r\n";
  EXPECT_EQ(frame.substr(0, 5), std::string("\x80\0\0\0", 4) + static_cast<char>(text.size()));
  EXPECT_EQ(frame.substr(5), text);
}

TEST(TrailerFrame, LeavesOutAnEmptyMessage) {
  EXPECT_EQ(TrailerFrame(0, "", {}).substr(5), "grpc-status: 0\r\n");
}

TEST(Timeout, HasAUnit) {
  EXPECT_EQ(ParseTimeout("1H"), 3'600'000'000'000);
  EXPECT_EQ(ParseTimeout("2M"), 120'000'000'000);
  EXPECT_EQ(ParseTimeout("3S"), 3'000'000'000);
  EXPECT_EQ(ParseTimeout("4m"), 4'000'000);
  EXPECT_EQ(ParseTimeout("5u"), 5'000);
  EXPECT_EQ(ParseTimeout("6n"), 6);
  EXPECT_GT(ParseTimeout("99999999H"), 0);
  for (const char* text : {"", "1", "S", "1s", "-1S", "1.5S", "123456789S", "1 S"}) {
    EXPECT_FALSE(ParseTimeout(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace memmon::web
