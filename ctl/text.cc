// SPDX-License-Identifier: Apache-2.0

#include "ctl/text.h"

#include <algorithm>
#include <cwchar>

#include "base/utf8.h"

namespace memmon::ctl {
namespace {

// The character that `text` begins with, of `length` bytes.
wchar_t Decode(std::string_view text, size_t length) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length <= 1) return static_cast<wchar_t>(byte(0));
  wchar_t code = byte(0) & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3f);
  return code;
}

size_t CharacterWidth(wchar_t code) {
  const int width = wcwidth(code);
  return width < 0 ? 1 : static_cast<size_t>(width);
}

// `text` cut so that it takes at most `width` columns, and what it then takes.
std::pair<std::string_view, size_t> Cut(std::string_view text, size_t width) {
  size_t columns = 0;
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = std::max<size_t>(1, base::Utf8CharacterLength(text.substr(at)));
    const size_t wide = CharacterWidth(Decode(text.substr(at), length));
    if (columns + wide > width) break;
    columns += wide;
    at += length;
  }
  return {text.substr(0, at), columns};
}

}  // namespace

std::string Printable(std::string_view text, bool utf8) {
  std::string out;
  const std::string valid = base::ToValidUtf8(text);
  for (size_t at = 0; at < valid.size();) {
    const size_t length = base::Utf8CharacterLength(std::string_view(valid).substr(at));
    const wchar_t code = Decode(std::string_view(valid).substr(at), length);
    if ((code >= 0x80 && code < 0xa0) || (code >= 0x80 && !utf8)) {
      out += '?';
    } else {
      out.append(valid, at, length);
    }
    at += length;
  }
  return out;
}

size_t Width(std::string_view text) { return Cut(text, std::string_view::npos).second; }

std::string FitLeft(std::string_view text, size_t width) {
  const auto [kept, columns] = Cut(text, width);
  return std::string(kept) + std::string(width - columns, ' ');
}

std::string FitRight(std::string_view text, size_t width) {
  const auto [kept, columns] = Cut(text, width);
  return std::string(width - columns, ' ') + std::string(kept);
}

}  // namespace memmon::ctl
