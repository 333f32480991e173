// SPDX-License-Identifier: Apache-2.0
//
// Page tokens of ListProcesses that clients made up, true ones of which something was
// changed, and any bytes with a checksum that is right: one that is accepted holds the
// bytes of one that was given.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "api/process_token.h"
#include "api/token_bytes.h"

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

void CheckToken(std::string_view token) {
  const auto place = DecodeProcessToken(token, kQuery);
  if (place.ok()) Check(Bytes(EncodeProcessToken(*place, kQuery)) == Bytes(token));
}

void ReadToken(std::string_view input) {
  CheckToken(input);

  const std::string given = EncodeProcessToken({7, "name", {8, 9}}, kQuery);
  Check(DecodeProcessToken(given, kQuery).ok());
  Check(!DecodeProcessToken(given, kQuery + 1).ok());
  // The same behind what a true one begins with: version and query.
  TokenWriter of_query;
  of_query.PutBytes(Bytes(given).substr(0, 9));
  of_query.PutBytes(input);
  CheckToken(of_query.Finish());

  if (input.size() < 2) return;
  std::string changed = given;
  changed.replace(static_cast<uint8_t>(input[0]) % given.size(),
                  static_cast<uint8_t>(input[1]) % given.size(), input.substr(2));
  if (DecodeProcessToken(changed, kQuery).ok()) Check(Bytes(changed) == Bytes(given));
}

}  // namespace
}  // namespace memmon::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::api::ReadToken({reinterpret_cast<const char*>(data), size});
  return 0;
}
