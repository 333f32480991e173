// SPDX-License-Identifier: Apache-2.0

#include "api/resume_token.h"

#include <algorithm>

#include "absl/status/status.h"
#include "api/token_bytes.h"

namespace memmon::api {
namespace {

// Tokens of pages begin with 1.
constexpr uint8_t kResumeTokenVersion = 3;

uint64_t MachineHash(std::string_view machine_id) {
  Hasher hasher;
  hasher.Bytes("memmon resume token ");
  hasher.Bytes(machine_id);
  return hasher.hash() & 0xffffffff;
}

// Times stand in the token as how much older they are than the youngest one, in
// units of 1,024 ns, rounded up: so they are short, and never too young. 0: none.
uint64_t AgeOf(uint64_t since_ns, uint64_t youngest_ns) {
  const uint64_t older_ns = youngest_ns - since_ns;
  return since_ns == 0 ? 0 : 1 + (older_ns >> 10) + (older_ns % 1'024 != 0 ? 1 : 0);
}
uint64_t SinceOf(uint64_t age, uint64_t youngest_ns) {
  return age == 0 || age - 1 > youngest_ns >> 10 ? 0 : youngest_ns - ((age - 1) << 10);
}

}  // namespace

std::string EncodeResumeToken(const model::Position& position, std::string_view machine_id) {
  const model::CaptureId& capture = position.capture;
  const uint64_t youngest_ns =
      position.since.empty() ? 0 : *std::max_element(position.since.begin(), position.since.end());
  TokenWriter writer;
  writer.Put(kResumeTokenVersion, 1);
  writer.Put(MachineHash(machine_id), 4);
  writer.PutBytes({reinterpret_cast<const char*>(capture.boot_id.data()), capture.boot_id.size()});
  writer.PutShort(capture.start_ns);
  writer.PutShort(capture.number);
  writer.PutShort(youngest_ns);
  for (size_t slot = 0; slot < position.next.size(); ++slot) {
    writer.PutShort(position.next[slot]);
    writer.PutShort(AgeOf(position.Since(model::Position::Cpu(slot)), youngest_ns));
  }
  return writer.Finish();
}

absl::StatusOr<model::Position> DecodeResumeToken(std::string_view token,
                                                  std::string_view machine_id) {
  auto reader = TokenReader::Open(token);
  if (!reader) {
    return absl::InvalidArgumentError("not a token of memmond, or damaged; begin without one");
  }
  if (reader->Take(1) != kResumeTokenVersion) {
    return absl::InvalidArgumentError("a token of another version of memmond; begin without one");
  }
  const uint64_t machine = reader->Take(4);
  model::Position position;
  model::CaptureId& capture = position.capture;
  const std::string_view boot_id = reader->TakeBytes(capture.boot_id.size());
  std::copy(boot_id.begin(), boot_id.end(), capture.boot_id.begin());
  capture.start_ns = reader->TakeShort();
  capture.number = static_cast<uint32_t>(reader->TakeShort());
  const uint64_t youngest_ns = reader->TakeShort();
  position.next.clear();
  // A sub-stream a CPU, and one of none.
  while (reader->ok() && reader->left() > 0 && position.next.size() <= model::kNoCpu) {
    position.next.push_back(reader->TakeShort());
    position.since.push_back(SinceOf(reader->TakeShort(), youngest_ns));
  }
  if (!reader->ok() || reader->left() > 0 || position.next.empty()) {
    return absl::InvalidArgumentError("not a resume token of memmond; begin without one");
  }
  if (machine != MachineHash(machine_id)) {
    return absl::InvalidArgumentError(
        "of another host; hand it to the memmond there, or begin without one");
  }
  return position;
}

}  // namespace memmon::api
