// SPDX-License-Identifier: Apache-2.0
//
// Bodies of gRPC-Web calls from a stranger, in binary and in text: how they are
// cut in pieces makes no difference, and what is accepted is what was framed.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "web/framing.h"

namespace memmon::web {
namespace {

constexpr size_t kMaxMessageBytes = 1 << 12;

void Check(bool holds) {
  if (!holds) std::abort();
}

absl::Status Parse(std::string_view body, size_t piece, std::vector<std::string>* messages) {
  FrameParser parser(kMaxMessageBytes);
  while (!body.empty()) {
    absl::Status fed = parser.Feed(body.substr(0, piece), messages);
    if (!fed.ok()) return fed;
    body.remove_prefix(std::min(piece, body.size()));
  }
  return parser.End();
}

absl::Status Decode(std::string_view text, size_t piece, std::string* bytes) {
  TextDecoder decoder;
  while (!text.empty()) {
    absl::Status fed = decoder.Feed(text.substr(0, piece), bytes);
    if (!fed.ok()) return fed;
    text.remove_prefix(std::min(piece, text.size()));
  }
  return decoder.End();
}

void ReadBody(std::string_view input) {
  if (input.empty()) return;
  const size_t piece = 1 + static_cast<uint8_t>(input[0]);
  input.remove_prefix(1);

  std::vector<std::string> whole;
  std::vector<std::string> pieces;
  const absl::Status parsed = Parse(input, input.size() + 1, &whole);
  Check(Parse(input, piece, &pieces) == parsed);
  Check(whole == pieces);
  if (parsed.ok()) {
    std::string again;
    for (const std::string& message : whole) {
      again += MessageHeader(static_cast<uint32_t>(message.size())) + message;
    }
    Check(again == input);
  }

  std::string bytes;
  std::string in_pieces;
  const absl::Status decoded = Decode(input, input.size() + 1, &bytes);
  Check(Decode(input, piece, &in_pieces) == decoded);
  Check(bytes == in_pieces);
  Check(bytes.size() <= input.size());

  std::string back;
  Check(Decode(EncodeText(input), piece, &back).ok());
  Check(back == input);

  const auto timeout = ParseTimeout(input);
  Check(!timeout || *timeout >= 0);
  // No byte of a message may begin another header.
  const std::string trailers = TrailerFrame(3, input, {});
  Check(trailers.find('\n', kFrameHeaderBytes + sizeof("grpc-status: 3\r")) ==
        (input.empty() ? std::string::npos : trailers.size() - 1));
}

}  // namespace
}  // namespace memmon::web

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::web::ReadBody({reinterpret_cast<const char*>(data), size});
  return 0;
}
