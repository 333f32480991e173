// SPDX-License-Identifier: Apache-2.0
//
// Resume tokens that clients made up, true ones of which something was changed, and
// any bytes with a checksum that is right: what is accepted is a position that can be
// worked with, and gives a token of the same position.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "api/resume_token.h"
#include "api/token_bytes.h"

namespace memmon::api {
namespace {

constexpr char kMachine[] = "machine";

void Check(bool holds) {
  if (!holds) std::abort();
}

std::string Bytes(std::string_view token) {
  std::string bytes;
  Check(absl::WebSafeBase64Unescape({token.data(), token.size()}, &bytes));
  return bytes;
}

model::Position SomePosition() {
  model::CaptureId capture;
  capture.start_ns = 123'456'789;
  model::Position position(capture);
  position.next = {1, 300, ~uint64_t{0}, 0};
  position.since = {0, 77'000'000'000, 78'123'456'789, 0};
  return position;
}

void Accepted(const model::Position& position) {
  Check(!position.next.empty());
  // What a stream does with it first.
  const model::Position other = SomePosition();
  model::Position here = position;
  (void)here.MissingBefore(other);
  here.Advance(other);
  for (size_t slot = 0; slot < position.next.size(); ++slot) {
    const uint16_t cpu = model::Position::Cpu(slot);
    Check(here.Next(cpu) >= position.Next(cpu));
  }
  const auto again = DecodeResumeToken(EncodeResumeToken(position, kMachine), kMachine);
  Check(again.ok());
  Check(again->capture == position.capture && again->next == position.next);
  for (size_t slot = 0; slot < position.next.size(); ++slot) {
    const uint16_t cpu = model::Position::Cpu(slot);
    Check(again->Since(cpu) <= position.Since(cpu));
  }
}

void ReadToken(std::string_view input) {
  const auto made_up = DecodeResumeToken(input, kMachine);
  if (made_up.ok()) Accepted(*made_up);

  TokenWriter writer;
  writer.PutBytes(input);
  const auto right_checksum = DecodeResumeToken(writer.Finish(), kMachine);
  if (right_checksum.ok()) Accepted(*right_checksum);

  // The same behind what a true one begins with: version and machine.
  const std::string given = EncodeResumeToken(SomePosition(), kMachine);
  Check(DecodeResumeToken(given, kMachine).ok());
  Check(!DecodeResumeToken(given, "another").ok());
  TokenWriter of_here;
  of_here.PutBytes(Bytes(given).substr(0, 5));
  of_here.PutBytes(input);
  const auto of_machine = DecodeResumeToken(of_here.Finish(), kMachine);
  if (of_machine.ok()) Accepted(*of_machine);

  if (input.size() < 2) return;
  std::string changed = given;
  changed.replace(static_cast<uint8_t>(input[0]) % given.size(),
                  static_cast<uint8_t>(input[1]) % given.size(), input.substr(2));
  if (DecodeResumeToken(changed, kMachine).ok()) Check(Bytes(changed) == Bytes(given));
}

}  // namespace
}  // namespace memmon::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::api::ReadToken({reinterpret_cast<const char*>(data), size});
  return 0;
}
