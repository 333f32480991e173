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
  position.time_ns = ~0ULL;
  position.next = {1, 0, 300, ~0ULL, 127, 128};
  return position;
}

TEST(ResumeToken, KeepsThePosition) {
  const model::Position position = SomePosition();
  const auto back = DecodeResumeToken(EncodeResumeToken(position));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->capture, position.capture);
  EXPECT_EQ(back->time_ns, position.time_ns);
  EXPECT_EQ(back->next, position.next);
}

TEST(ResumeToken, IsShortAndForUrls) {
  model::Position position = SomePosition();
  position.next.assign(65, 1'000'000'000);  // 64 CPUs, a billion events each
  const std::string token = EncodeResumeToken(position);
  EXPECT_LT(token.size(), 520u);
  EXPECT_EQ(
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
      std::string::npos)
      << token;
}

TEST(ResumeToken, RefusesWhatIsNone) {
  const std::string token = EncodeResumeToken(SomePosition());
  for (const std::string& bad :
       {std::string(), std::string("garbage"), std::string("!!!!"), token.substr(0, 8),
        token.substr(0, token.size() - 4), token + "AAAA", EncodePageToken({}, 1)}) {
    EXPECT_EQ(DecodeResumeToken(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(DecodeResumeToken(damaged).ok()) << i;
  }
}

}  // namespace
}  // namespace memmon::api
