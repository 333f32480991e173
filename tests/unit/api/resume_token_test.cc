// SPDX-License-Identifier: Apache-2.0

#include "api/resume_token.h"

#include <gtest/gtest.h>

#include <string>

#include "api/page_token.h"

namespace memmon::api {
namespace {

model::Position SomePosition() {
  model::CaptureId capture;
  for (size_t i = 0; i < capture.boot_id.size(); ++i) {
    capture.boot_id[i] = static_cast<uint8_t>(200 + i);
  }
  capture.start_ns = 123'456'789'012'345;
  capture.number = 0xfffffffe;
  model::Position position(capture);
  position.next = {1, 0, 300, ~0ULL, 127, 128};
  position.since = {0, 0, 77'000'000'000, 78'123'456'789, 78'123'456'788};
  return position;
}

TEST(ResumeToken, KeepsThePosition) {
  const model::Position position = SomePosition();
  const auto back = DecodeResumeToken(EncodeResumeToken(position, "machine"), "machine");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->capture, position.capture);
  EXPECT_EQ(back->next, position.next);
  // Never younger than it was, and next to nothing older.
  for (size_t slot = 0; slot < position.next.size(); ++slot) {
    const uint16_t cpu = model::Position::Cpu(slot);
    EXPECT_LE(back->Since(cpu), position.Since(cpu)) << slot;
    EXPECT_GE(back->Since(cpu) + 2'048, position.Since(cpu)) << slot;
  }
  EXPECT_EQ(back->since[0], 0u);
}

TEST(ResumeToken, KeepsAnyTime) {
  model::Position position = SomePosition();
  position.next.assign(3, 1);
  position.since = {1, ~0ULL, ~0ULL - 1};
  const auto back = DecodeResumeToken(EncodeResumeToken(position, ""), "");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_LE(back->since[0], 1u);
  EXPECT_EQ(back->since[1], ~0ULL);
  EXPECT_GE(back->since[2], ~0ULL - 2'048);
}

TEST(ResumeToken, IsOfOneMachine) {
  const std::string token = EncodeResumeToken(SomePosition(), "machine");
  const auto back = DecodeResumeToken(token, "another");
  EXPECT_EQ(back.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(back.status().message().find("another host"), std::string::npos);
}

TEST(ResumeToken, IsShortAndForUrls) {
  model::Position position = SomePosition();
  // 64 CPUs, a billion events each, within a second.
  position.next.assign(65, 1'000'000'000);
  position.since.clear();
  for (uint64_t slot = 0; slot < 65; ++slot) position.since.push_back(1 + slot * 15'000'000);
  const std::string token = EncodeResumeToken(position, "machine");
  EXPECT_LT(token.size(), 760u);
  EXPECT_EQ(
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
      std::string::npos)
      << token;
}

TEST(ResumeToken, RefusesWhatIsNone) {
  const std::string token = EncodeResumeToken(SomePosition(), "");
  for (const std::string& bad :
       {std::string(), std::string("garbage"), std::string("!!!!"), token.substr(0, 8),
        token.substr(0, token.size() - 4), token + "AAAA", EncodePageToken({}, 1)}) {
    EXPECT_EQ(DecodeResumeToken(bad, "").status().code(), absl::StatusCode::kInvalidArgument)
        << bad;
  }
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(DecodeResumeToken(damaged, "").ok()) << i;
  }
}

}  // namespace
}  // namespace memmon::api
