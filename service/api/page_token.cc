// SPDX-License-Identifier: Apache-2.0

#include "api/page_token.h"

#include "absl/status/status.h"
#include "api/token_bytes.h"

namespace memmon::api {
namespace {

// Tokens of streams begin with 2.
constexpr uint8_t kPageTokenVersion = 1;

}  // namespace

uint64_t QueryHash(const store::EventQuery& query) {
  Hasher hasher;
  hasher.Number(query.filter.tgids.size());
  for (uint32_t tgid : query.filter.tgids) hasher.Number(tgid);
  hasher.Texts(query.filter.names);
  hasher.Number(query.filter.kinds.size());
  for (model::EventKind kind : query.filter.kinds) hasher.Number(static_cast<uint64_t>(kind));
  hasher.Number(query.filter.min_length_bytes);
  hasher.Number(query.filter.uids.size());
  for (uint32_t uid : query.filter.uids) hasher.Number(uid);
  hasher.Number(query.filter.cgroup_ids.size());
  for (uint64_t id : query.filter.cgroup_ids) hasher.Number(id);
  hasher.Texts(query.filter.containers);
  hasher.Number(static_cast<uint64_t>(query.filter.outcome));
  hasher.Number(static_cast<uint64_t>(query.start_unix_ns));
  hasher.Number(static_cast<uint64_t>(query.end_unix_ns));
  return hasher.hash();
}

std::string EncodePageToken(const store::EventPosition& position, uint64_t query_hash) {
  TokenWriter writer;
  writer.Put(kPageTokenVersion, 1);
  writer.Put(query_hash, 8);
  writer.Put(static_cast<uint64_t>(position.time_unix_ns), 8);
  writer.Put(static_cast<uint64_t>(position.boot_row), 8);
  writer.Put(position.cpu, 2);
  writer.Put(position.sequence, 8);
  writer.Put(position.capture, 4);
  return writer.Finish();
}

absl::StatusOr<store::EventPosition> DecodePageToken(std::string_view token, uint64_t query_hash) {
  auto reader = TokenReader::Open(token);
  if (!reader) {
    return absl::InvalidArgumentError(
        "not a token of memmond, or damaged; begin again without one");
  }
  if (reader->Take(1) != kPageTokenVersion) {
    return absl::InvalidArgumentError(
        "a token of another version of memmond; begin again without one");
  }
  const uint64_t token_hash = reader->Take(8);
  store::EventPosition position;
  position.time_unix_ns = static_cast<int64_t>(reader->Take(8));
  position.boot_row = static_cast<int64_t>(reader->Take(8));
  position.cpu = static_cast<uint16_t>(reader->Take(2));
  position.sequence = reader->Take(8);
  position.capture = static_cast<uint32_t>(reader->Take(4));
  if (!reader->ok() || reader->left() > 0) {
    return absl::InvalidArgumentError("not a page token of memmond; begin again without one");
  }
  if (token_hash != query_hash) {
    return absl::InvalidArgumentError(
        "belongs to another query; keep filter, start_time and end_time as they were");
  }
  return position;
}

}  // namespace memmon::api
