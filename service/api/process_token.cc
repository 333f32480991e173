// SPDX-License-Identifier: Apache-2.0

#include "api/process_token.h"

#include "absl/status/status.h"
#include "api/token_bytes.h"

namespace memmon::api {
namespace {

// Unlike that of any other token.
constexpr uint8_t kProcessTokenVersion = 0x51;

absl::Status NotAToken() {
  return absl::InvalidArgumentError(
      "not a page token of ListProcesses, or damaged; begin again without one");
}

}  // namespace

uint64_t QueryHash(const ProcessListQuery& query) {
  Hasher hasher;
  hasher.Number(query.filter.tgids.size());
  for (uint32_t tgid : query.filter.tgids) hasher.Number(tgid);
  hasher.Texts(query.filter.names);
  hasher.Number(query.filter.uids.size());
  for (uint32_t uid : query.filter.uids) hasher.Number(uid);
  hasher.Number(query.filter.cgroup_ids.size());
  for (uint64_t id : query.filter.cgroup_ids) hasher.Number(id);
  hasher.Texts(query.filter.containers);
  hasher.Number(static_cast<uint64_t>(query.order));
  hasher.Number(query.as_of_unix_ns ? 1 : 0);
  hasher.Number(static_cast<uint64_t>(query.as_of_unix_ns.value_or(0)));
  return hasher.hash();
}

std::string EncodeProcessToken(const model::ProcessPlace& place, uint64_t query_hash) {
  TokenWriter writer;
  writer.Put(kProcessTokenVersion, 1);
  writer.Put(query_hash, 8);
  writer.Put(place.rank, 8);
  writer.Put(place.key.tgid, 4);
  writer.Put(place.key.start_ns, 8);
  writer.PutBytes(place.name);
  return writer.Finish();
}

absl::StatusOr<model::ProcessPlace> DecodeProcessToken(std::string_view token,
                                                       uint64_t query_hash) {
  auto reader = TokenReader::Open(token);
  if (!reader || reader->Take(1) != kProcessTokenVersion) return NotAToken();
  const uint64_t token_hash = reader->Take(8);
  model::ProcessPlace place;
  place.rank = reader->Take(8);
  place.key.tgid = static_cast<uint32_t>(reader->Take(4));
  place.key.start_ns = reader->Take(8);
  place.name = reader->TakeBytes(reader->left());
  if (!reader->ok()) return NotAToken();
  if (token_hash != query_hash) {
    return absl::InvalidArgumentError(
        "belongs to another query; keep filter, order and as_of_time as they were");
  }
  return place;
}

}  // namespace memmon::api
