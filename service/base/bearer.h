// SPDX-License-Identifier: Apache-2.0
//
// The token that a request brings.

#ifndef MEMMON_BASE_BEARER_H_
#define MEMMON_BASE_BEARER_H_

#include <openssl/crypto.h>

#include <cstddef>
#include <string_view>

namespace memmon::base {

// Whether `header`, an "authorization", brings `token`. How long it takes says
// nothing of where the two differ.
inline bool BringsToken(std::string_view header, std::string_view token) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() < kScheme.size()) return false;
  for (size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != kScheme[i]) return false;
  }
  header.remove_prefix(kScheme.size());
  return header.size() == token.size() &&
         CRYPTO_memcmp(header.data(), token.data(), token.size()) == 0;
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_BEARER_H_
