// SPDX-License-Identifier: Apache-2.0

#include "store/name_text.h"

#include "base/utf8.h"

namespace memmon::store {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

void AppendNameText(std::string_view name, std::string* out) {
  while (!name.empty()) {
    const size_t length = base::Utf8CharacterLength(name);
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(name[0]);
      out->append({'\\', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 15]});
      name.remove_prefix(1);
      continue;
    }
    if (name[0] == '\\') out->push_back('\\');
    out->append(name.substr(0, length));
    name.remove_prefix(length);
  }
}

std::string NameFromText(std::string_view text) {
  std::string name;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] == '\\') {
        ++i;
      } else if (text[i + 1] == 'x' && i + 3 < text.size()) {
        const int high = HexValue(text[i + 2]);
        const int low = HexValue(text[i + 3]);
        if (high >= 0 && low >= 0) {
          name.push_back(static_cast<char>(high << 4 | low));
          i += 3;
          continue;
        }
      }
    }
    name.push_back(text[i]);
  }
  return name;
}

std::string LikePatternFromGlob(std::string_view glob) {
  std::string pattern;
  const auto append_literal = [&pattern](std::string_view literal) {
    std::string text;
    AppendNameText(literal, &text);
    for (const char c : text) {
      if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
      pattern.push_back(c);
    }
  };
  while (!glob.empty()) {
    const size_t wild = glob.find_first_of("*?");
    append_literal(glob.substr(0, wild));
    if (wild == std::string_view::npos) break;
    pattern.push_back(glob[wild] == '*' ? '%' : '_');
    glob.remove_prefix(wild + 1);
  }
  return pattern;
}

}  // namespace memmon::store
