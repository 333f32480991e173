// SPDX-License-Identifier: Apache-2.0
//
// What memmonctl says of a file that is no recording, or one that somebody changed. The first
// byte says whether a valid HEADER is put before the rest, and how it is cut in pieces, which
// must make no difference.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ctl/recording.h"
#include "fakes/stream_builder.h"

namespace memmon::ctl {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

Recording ReadAll(std::string_view bytes, size_t piece) {
  Recording recording;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    recording.Add(bytes.substr(0, piece));
  }
  return recording;
}

void Read(std::string_view input) {
  if (input.empty()) return;
  const auto how = static_cast<uint8_t>(input[0]);
  std::string bytes;
  if ((how & 1) != 0) {
    fakes::StreamBuilder stream;
    stream.Header();
    for (const std::byte byte : stream.bytes()) bytes += static_cast<char>(byte);
  }
  bytes += input.substr(1);

  const Recording whole = ReadAll(bytes, bytes.size() + 1);
  const Recording pieces = ReadAll(bytes, 1 + (how >> 1));
  Check(whole.valid() == pieces.valid());
  Check(whole.records() == pieces.records());
  Check(whole.captures() == pieces.captures());
  Check(whole.lost() == pieces.lost());
  Check(whole.begin() == pieces.begin() && whole.end() == pieces.end());
  Check(whole.kernel_release() == pieces.kernel_release());
  Check(whole.torn_bytes() == bytes.size() % Recording::kRecordBytes);
  Check(whole.captures() <= whole.records());
  Check(whole.begin() <= whole.end());
  // Each whole record counts, unless it is none.
  Check(!whole.valid() || whole.records() == bytes.size() / Recording::kRecordBytes);
}

}  // namespace
}  // namespace memmon::ctl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::ctl::Read({reinterpret_cast<const char*>(data), size});
  return 0;
}
