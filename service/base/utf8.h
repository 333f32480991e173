// SPDX-License-Identifier: Apache-2.0
//
// Process names and command lines are bytes that any program may choose;
// protobuf strings and PostgreSQL text must be valid UTF-8.

#ifndef MEMMON_BASE_UTF8_H_
#define MEMMON_BASE_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace memmon::base {

// Length of the valid UTF-8 character that `text` begins with, or 0 where it
// begins with none (also for overlong forms, surrogates and above U+10FFFF).
inline size_t Utf8CharacterLength(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : (lead & 0xf0) == 0xe0        ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return length;
}

inline bool IsPrintableAscii(std::string_view text) {
  bool is = true;
  for (const char c : text) is &= c >= 0x20 && c < 0x7f;
  return is;
}

// `text` with '?' in the place of every byte that is not part of a valid
// character and of every control character, cut at a character's end so that
// at most `max_bytes` remain.
inline std::string ToValidUtf8(std::string_view text, size_t max_bytes = std::string::npos) {
  // As nearly all names are.
  if (text.size() <= max_bytes && IsPrintableAscii(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const size_t length = Utf8CharacterLength(text);
    const size_t grows = length == 0 ? 1 : length;
    if (grows > max_bytes - out.size()) break;
    const auto lead = static_cast<unsigned char>(text[0]);
    if (length == 0 || lead < 0x20 || lead == 0x7f) {
      out.push_back('?');
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(grows);
  }
  return out;
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_UTF8_H_
