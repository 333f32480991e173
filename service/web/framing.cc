// SPDX-License-Identifier: Apache-2.0

#include "web/framing.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace memmon::web {
namespace {

constexpr unsigned char kCompressed = 0x01;
constexpr unsigned char kTrailers = 0x80;

int Sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

// As gRPC over HTTP/2 encodes grpc-message.
std::string PercentEncode(std::string_view message) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : message) {
    if (c >= 0x20 && c <= 0x7e && c != '%') {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
    }
  }
  return out;
}

}  // namespace

absl::Status FrameParser::Feed(std::string_view bytes, std::vector<std::string>* messages) {
  while (!bytes.empty()) {
    if (header_.size() < kFrameHeaderBytes) {
      size_t part = std::min(bytes.size(), kFrameHeaderBytes - header_.size());
      header_ += bytes.substr(0, part);
      bytes.remove_prefix(part);
      auto flags = static_cast<unsigned char>(header_[0]);
      if (flags == kCompressed) {
        return absl::UnimplementedError("compressed messages are not supported");
      }
      if (flags != 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("a frame begins with flags ", static_cast<int>(flags), "; expected 0"));
      }
      if (header_.size() < kFrameHeaderBytes) return absl::OkStatus();
      payload_bytes_ = 0;
      for (int i = 1; i <= 4; ++i) {
        payload_bytes_ = payload_bytes_ << 8 | static_cast<unsigned char>(header_[i]);
      }
      if (payload_bytes_ > max_message_bytes_) {
        return absl::ResourceExhaustedError(absl::StrCat(
            "a message of ", payload_bytes_, " bytes; at most ", max_message_bytes_, " are taken"));
      }
    }
    size_t part = std::min(bytes.size(), payload_bytes_ - payload_.size());
    payload_ += bytes.substr(0, part);
    bytes.remove_prefix(part);
    if (payload_.size() == payload_bytes_) {
      messages->push_back(std::exchange(payload_, {}));
      header_.clear();
    }
  }
  return absl::OkStatus();
}

absl::Status FrameParser::End() const {
  if (header_.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("the body ends inside a frame");
}

absl::Status TextDecoder::Feed(std::string_view text, std::string* bytes) {
  absl::Status bad = absl::InvalidArgumentError("the body is not base64");
  for (char c : text) {
    if (c != '=' && Sextet(c) < 0) return bad;
    group_[size_++] = c;
    if (size_ < 4) continue;
    size_ = 0;
    // Padding stands at the end of a group, which may be anywhere.
    int padding = group_[3] != '=' ? 0 : group_[2] != '=' ? 1 : 2;
    int a = Sextet(group_[0]);
    int b = Sextet(group_[1]);
    int third = padding == 2 ? 0 : Sextet(group_[2]);
    int fourth = padding >= 1 ? 0 : Sextet(group_[3]);
    if (a < 0 || b < 0 || third < 0 || fourth < 0) return bad;
    int value = a << 18 | b << 12 | third << 6 | fourth;
    bytes->push_back(static_cast<char>(value >> 16));
    if (padding < 2) bytes->push_back(static_cast<char>(value >> 8));
    if (padding < 1) bytes->push_back(static_cast<char>(value));
  }
  return absl::OkStatus();
}

absl::Status TextDecoder::End() const {
  if (size_ == 0) return absl::OkStatus();
  return absl::InvalidArgumentError("the body ends inside a base64 group");
}

std::string EncodeText(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

std::string MessageHeader(uint32_t length) {
  std::string header(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) header += static_cast<char>(length >> shift);
  return header;
}

std::string HeaderFrame(std::string_view lines) {
  std::string frame = MessageHeader(static_cast<uint32_t>(lines.size()));
  frame[0] = static_cast<char>(kTrailers);
  return frame.append(lines);
}

std::string TrailerFrame(int code, std::string_view message,
                         const std::multimap<std::string, std::string>& metadata) {
  std::string text = absl::StrCat("grpc-status: ", code, "\r\n");
  if (!message.empty()) absl::StrAppend(&text, "grpc-message: ", PercentEncode(message), "\r\n");
  for (const auto& [key, value] : metadata) {
    absl::StrAppend(&text, key, ": ", key.ends_with("-bin") ? EncodeText(value) : value, "\r\n");
  }
  return HeaderFrame(text);
}

std::optional<int64_t> ParseTimeout(std::string_view text) {
  // At most eight digits, and a unit.
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  int64_t value = 0;
  const char* end = text.data() + text.size() - 1;
  auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || parsed != end || value < 0) return std::nullopt;
  int64_t unit = 0;
  switch (text.back()) {
    case 'H':
      unit = 3'600'000'000'000;
      break;
    case 'M':
      unit = 60'000'000'000;
      break;
    case 'S':
      unit = 1'000'000'000;
      break;
    case 'm':
      unit = 1'000'000;
      break;
    case 'u':
      unit = 1'000;
      break;
    case 'n':
      unit = 1;
      break;
    default:
      return std::nullopt;
  }
  if (value > std::numeric_limits<int64_t>::max() / unit) {
    return std::numeric_limits<int64_t>::max();
  }
  return value * unit;
}

}  // namespace memmon::web
