// SPDX-License-Identifier: Apache-2.0
//
// Page tokens that clients made up: one that is accepted is one that was given.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/page_token.h"

namespace memmon::api {
namespace {

constexpr uint64_t kQuery = 0x1234;

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadToken(std::string_view input) {
  const auto position = DecodePageToken(input, kQuery);
  if (position.ok()) Check(EncodePageToken(*position, kQuery) == input);
  // A token that is right but for what is behind it, or before.
  const std::string token = EncodePageToken({}, kQuery);
  Check(DecodePageToken(token, kQuery).ok());
  if (input.empty()) return;
  Check(!DecodePageToken(token + std::string(input), kQuery).ok());
  Check(!DecodePageToken(std::string(input) + token, kQuery).ok());
}

}  // namespace
}  // namespace memmon::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::api::ReadToken({reinterpret_cast<const char*>(data), size});
  return 0;
}
