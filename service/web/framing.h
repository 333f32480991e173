// SPDX-License-Identifier: Apache-2.0
//
// gRPC-Web's frames: a byte of flags, four of length (big-endian), a payload.
// Flag 0x80 marks the trailers, which come last and in the body. In text mode
// all of it is base64, in pieces that may each be padded.

#ifndef MEMMON_WEB_FRAMING_H_
#define MEMMON_WEB_FRAMING_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace memmon::web {

inline constexpr size_t kFrameHeaderBytes = 5;

// Takes a request's body apart, in any pieces.
class FrameParser {
 public:
  explicit FrameParser(size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  // Adds the messages that are whole now. RESOURCE_EXHAUSTED for one that is
  // too long, UNIMPLEMENTED for a compressed one, INVALID_ARGUMENT for
  // anything else that is no message. Nothing more may be fed after an error.
  absl::Status Feed(std::string_view bytes, std::vector<std::string>* messages);

  // INVALID_ARGUMENT where the body ended inside a frame.
  absl::Status End() const;

 private:
  const size_t max_message_bytes_;
  std::string header_;
  std::string payload_;
  size_t payload_bytes_ = 0;  // that belong to the frame, once header_ is whole
};

// Decodes text mode, in any pieces.
class TextDecoder {
 public:
  // INVALID_ARGUMENT where `text` is not base64.
  absl::Status Feed(std::string_view text, std::string* bytes);
  // INVALID_ARGUMENT where the text ended inside a group of four.
  absl::Status End() const;

 private:
  char group_[4];
  int size_ = 0;
};

std::string EncodeText(std::string_view bytes);

// A message's frame header.
std::string MessageHeader(uint32_t length);

// The frame that begins an answer where there is no other place for its headers;
// `lines`: each ends in CRLF.
std::string HeaderFrame(std::string_view lines);

// The frame that ends a response. Keys are lower-case; values of keys that end
// in "-bin" are bytes.
std::string TrailerFrame(int code, std::string_view message,
                         const std::multimap<std::string, std::string>& metadata);

// grpc-timeout, such as "100m", in nanoseconds; nothing where it is malformed.
std::optional<int64_t> ParseTimeout(std::string_view text);

}  // namespace memmon::web

#endif  // MEMMON_WEB_FRAMING_H_
