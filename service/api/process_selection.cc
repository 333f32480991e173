// SPDX-License-Identifier: Apache-2.0

#include "api/process_selection.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace memmon::api {
namespace {

// Eight bytes of a name as a number of the same order.
uint64_t Letters(const std::string& name, size_t from) {
  uint64_t letters = 0;
  for (size_t i = from; i < from + 8; ++i) {
    letters = letters << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0);
  }
  return letters;
}

}  // namespace

ProcessSelection::ProcessSelection(model::ProcessFilter filter, v1::ProcessOrder order,
                                   uint32_t limit)
    : filter_(std::move(filter)), order_(order), limit_(limit) {}

ProcessSelection::Rank ProcessSelection::RankOf(const model::Process& process) const {
  const auto largest_first = [&](uint64_t value) { return Rank(~value, 0, process.key); };
  switch (order_) {
    case v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES:
      return largest_first(process.virtual_size_bytes);
    case v1::PROCESS_ORDER_REQUESTED_BYTES:
      return largest_first(process.requested_bytes);
    case v1::PROCESS_ORDER_MMAP_COUNT:
      return largest_first(process.mmap_count);
    case v1::PROCESS_ORDER_NAME:
      return {Letters(process.name, 0), Letters(process.name, 8), process.key};
    case v1::PROCESS_ORDER_PID:
      return {0, 0, process.key};
    default:
      return largest_first(process.held_bytes);
  }
}

std::vector<model::ProcessKey> ProcessSelection::TakeIn(model::ProcessChanges* changes) {
  if (changes->snapshot) {
    matching_.clear();
    shown_.clear();
  }
  std::vector<model::ProcessKey> left;
  for (const model::ProcessKey& key : changes->removed) {
    if (matching_.erase(key) != 0) left.push_back(key);
  }
  std::erase_if(changes->processes, [&](const model::Process& process) {
    if (filter_.Matches(process)) {
      matching_.insert_or_assign(process.key, RankOf(process));
      return false;
    }
    if (matching_.erase(process.key) != 0) left.push_back(process.key);
    return true;
  });
  return left;
}

void ProcessSelection::Apply(const Fetch& fetch, model::ProcessChanges* changes) {
  std::vector<model::ProcessKey> left = TakeIn(changes);
  if (limit_ == 0) {
    changes->removed = std::move(left);
  } else {
    SelectFirst(fetch, changes);
  }
}

void ProcessSelection::SelectFirst(const Fetch& fetch, model::ProcessChanges* changes) {
  ranks_.clear();
  for (const auto& [key, rank] : matching_) ranks_.push_back(rank);
  if (ranks_.size() > limit_) {
    std::nth_element(ranks_.begin(), ranks_.begin() + limit_, ranks_.end());
    ranks_.resize(limit_);
  }
  absl::flat_hash_set<model::ProcessKey> first;
  first.reserve(ranks_.size());
  for (const Rank& rank : ranks_) first.insert(std::get<model::ProcessKey>(rank));

  std::erase_if(changes->processes,
                [&](const model::Process& process) { return !first.contains(process.key); });
  // Who comes in without a change of its own.
  absl::flat_hash_set<model::ProcessKey> told;
  for (const model::Process& process : changes->processes) told.insert(process.key);
  std::vector<model::ProcessKey> wanted;
  for (const model::ProcessKey& key : first) {
    if (!shown_.contains(key) && !told.contains(key)) wanted.push_back(key);
  }
  if (!wanted.empty()) {
    std::vector<model::Process> came = fetch(wanted);
    for (const model::Process& process : came) told.insert(process.key);
    std::move(came.begin(), came.end(), std::back_inserter(changes->processes));
    // Gone since: the next look at the table tells.
    for (const model::ProcessKey& key : wanted) {
      if (!told.contains(key)) first.erase(key);
    }
  }

  changes->removed.clear();
  for (const model::ProcessKey& key : shown_) {
    if (!first.contains(key)) changes->removed.push_back(key);
  }
  shown_ = std::move(first);
  if (changes->snapshot) {
    std::sort(changes->processes.begin(), changes->processes.end(),
              [&](const auto& a, const auto& b) { return RankOf(a) < RankOf(b); });
  }
}

}  // namespace memmon::api
