// SPDX-License-Identifier: Apache-2.0

#include "api/page_token.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"

namespace memmon::api {
namespace {

constexpr uint8_t kVersion = 1;

// FNV-1a: the same in every process, unlike absl::Hash.
class Hasher {
 public:
  void Bytes(std::string_view bytes) {
    for (unsigned char c : bytes) hash_ = (hash_ ^ c) * 0x100000001b3;
  }
  void Number(uint64_t number) {
    for (int i = 0; i < 8; ++i) {
      char c = static_cast<char>(number >> (8 * i));
      Bytes({&c, 1});
    }
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

void Put(uint64_t value, int bytes, std::string* out) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t Take(int bytes, std::string_view* in) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>((*in)[i])) << (8 * i);
  }
  in->remove_prefix(bytes);
  return value;
}

uint64_t Checksum(std::string_view bytes) {
  Hasher hasher;
  hasher.Bytes(bytes);
  return hasher.hash() & 0xffffffff;
}

// version, query hash, time, boot, cpu, sequence, capture, checksum
constexpr size_t kTokenBytes = 1 + 8 + 8 + 8 + 2 + 8 + 4 + 4;

}  // namespace

uint64_t QueryHash(const store::EventQuery& query) {
  Hasher hasher;
  hasher.Number(query.filter.tgids.size());
  for (uint32_t tgid : query.filter.tgids) hasher.Number(tgid);
  hasher.Number(query.filter.names.size());
  for (const std::string& name : query.filter.names) {
    hasher.Number(name.size());
    hasher.Bytes(name);
  }
  hasher.Number(query.filter.kinds.size());
  for (model::EventKind kind : query.filter.kinds) hasher.Number(static_cast<uint64_t>(kind));
  hasher.Number(query.filter.min_length_bytes);
  hasher.Number(static_cast<uint64_t>(query.start_unix_ns));
  hasher.Number(static_cast<uint64_t>(query.end_unix_ns));
  return hasher.hash();
}

std::string EncodePageToken(const store::EventPosition& position, uint64_t query_hash) {
  std::string bytes;
  Put(kVersion, 1, &bytes);
  Put(query_hash, 8, &bytes);
  Put(static_cast<uint64_t>(position.time_unix_ns), 8, &bytes);
  Put(static_cast<uint64_t>(position.boot_row), 8, &bytes);
  Put(position.cpu, 2, &bytes);
  Put(position.sequence, 8, &bytes);
  Put(position.capture, 4, &bytes);
  Put(Checksum(bytes), 4, &bytes);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<store::EventPosition> DecodePageToken(std::string_view token, uint64_t query_hash) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes) ||
      bytes.empty()) {
    return absl::InvalidArgumentError("not a token of memmond; begin again without one");
  }
  if (static_cast<uint8_t>(bytes[0]) != kVersion) {
    return absl::InvalidArgumentError(
        "a token of another version of memmond; begin again without one");
  }
  if (bytes.size() != kTokenBytes) {
    return absl::InvalidArgumentError("not a token of memmond; begin again without one");
  }
  std::string_view rest = bytes;
  uint64_t checksum = Checksum(rest.substr(0, kTokenBytes - 4));
  rest.remove_prefix(1);
  uint64_t token_hash = Take(8, &rest);
  store::EventPosition position;
  position.time_unix_ns = static_cast<int64_t>(Take(8, &rest));
  position.boot_row = static_cast<int64_t>(Take(8, &rest));
  position.cpu = static_cast<uint16_t>(Take(2, &rest));
  position.sequence = Take(8, &rest);
  position.capture = static_cast<uint32_t>(Take(4, &rest));
  if (Take(4, &rest) != checksum) {
    return absl::InvalidArgumentError("a damaged token; begin again without one");
  }
  if (token_hash != query_hash) {
    return absl::InvalidArgumentError(
        "belongs to another query; keep filter, start_time and end_time as they were");
  }
  return position;
}

}  // namespace memmon::api
