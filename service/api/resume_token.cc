// SPDX-License-Identifier: Apache-2.0

#include "api/resume_token.h"

#include <algorithm>

#include "absl/status/status.h"
#include "api/token_bytes.h"

namespace memmon::api {
namespace {

// Tokens of pages begin with 1.
constexpr uint8_t kVersion = 2;

}  // namespace

std::string EncodeResumeToken(const model::Position& position) {
  const model::CaptureId& capture = position.capture;
  TokenWriter writer;
  writer.Put(kVersion, 1);
  writer.PutBytes({reinterpret_cast<const char*>(capture.boot_id.data()), capture.boot_id.size()});
  writer.PutShort(capture.start_ns);
  writer.PutShort(capture.number);
  writer.PutShort(position.time_ns);
  for (const uint64_t next : position.next) writer.PutShort(next);
  return writer.Finish();
}

absl::StatusOr<model::Position> DecodeResumeToken(std::string_view token) {
  auto reader = TokenReader::Open(token);
  if (!reader) {
    return absl::InvalidArgumentError("not a token of memmond, or damaged; begin without one");
  }
  if (reader->Take(1) != kVersion) {
    return absl::InvalidArgumentError("a token of another version of memmond; begin without one");
  }
  model::Position position;
  model::CaptureId& capture = position.capture;
  const std::string_view boot_id = reader->TakeBytes(capture.boot_id.size());
  std::copy(boot_id.begin(), boot_id.end(), capture.boot_id.begin());
  capture.start_ns = reader->TakeShort();
  capture.number = static_cast<uint32_t>(reader->TakeShort());
  position.time_ns = reader->TakeShort();
  position.next.clear();
  // A sub-stream a CPU, and one of none.
  while (reader->ok() && reader->left() > 0 && position.next.size() <= model::kNoCpu) {
    position.next.push_back(reader->TakeShort());
  }
  if (!reader->ok() || reader->left() > 0 || position.next.empty()) {
    return absl::InvalidArgumentError("not a resume token of memmond; begin without one");
  }
  return position;
}

}  // namespace memmon::api
