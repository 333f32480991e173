// SPDX-License-Identifier: Apache-2.0
//
// Page tokens that clients made up, and true ones of which something was changed:
// one that is accepted holds the bytes of one that was given. (Blanks within are no
// part of it: base64 leaves them out.)

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "api/page_token.h"

namespace memmon::api {
namespace {

constexpr uint64_t kQuery = 0x1234;

void Check(bool holds) {
  if (!holds) std::abort();
}

std::string Bytes(std::string_view token) {
  std::string bytes;
  Check(absl::WebSafeBase64Unescape({token.data(), token.size()}, &bytes));
  return bytes;
}

void ReadToken(std::string_view input) {
  const auto made_up = DecodePageToken(input, kQuery);
  if (made_up.ok()) Check(Bytes(EncodePageToken(*made_up, kQuery)) == Bytes(input));

  const std::string given = EncodePageToken({}, kQuery);
  Check(DecodePageToken(given, kQuery).ok());
  Check(!DecodePageToken(given, kQuery + 1).ok());
  if (input.size() < 2) return;
  std::string changed = given;
  changed.replace(static_cast<uint8_t>(input[0]) % given.size(),
                  static_cast<uint8_t>(input[1]) % given.size(), input.substr(2));
  if (DecodePageToken(changed, kQuery).ok()) Check(Bytes(changed) == Bytes(given));
}

}  // namespace
}  // namespace memmon::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::api::ReadToken({reinterpret_cast<const char*>(data), size});
  return 0;
}
