// SPDX-License-Identifier: Apache-2.0

#include "api/process_selection.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>

namespace memmon::api {
namespace {

// Eight bytes of `name`, zeros behind its end, as a number that is ordered as they are.
uint64_t EightOf(const std::string& name, size_t at) {
  uint64_t number = 0;
  for (size_t i = at; i < at + 8; ++i) {
    number = number << 8 | (i < name.size() ? static_cast<uint8_t>(name[i]) : 0);
  }
  return number;
}

}  // namespace

ProcessSelection::ProcessSelection(model::ProcessFilter filter, model::ProcessOrder order,
                                   uint32_t limit)
    : filter_(std::move(filter)), order_(order), limit_(limit) {}

ProcessSelection::Rank ProcessSelection::RankOf(const model::Process& process,
                                                model::ProcessOrder order) {
  const model::ProcessPlace place = model::PlaceOf(process, order);
  if (order == model::ProcessOrder::kName) return {EightOf(place.name, 0), EightOf(place.name, 8)};
  return {place.rank, 0};
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
      matching_.insert_or_assign(process.key, RankOf(process, order_));
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
  std::vector<const Standing*> standings;
  standings.reserve(matching_.size());
  for (const Standing& standing : matching_) standings.push_back(&standing);
  if (standings.size() > limit_) {
    std::nth_element(standings.begin(), standings.begin() + limit_, standings.end(),
                     [](const Standing* a, const Standing* b) {
                       return std::tie(a->second, a->first) < std::tie(b->second, b->first);
                     });
    standings.resize(limit_);
  }
  absl::flat_hash_set<model::ProcessKey> first;
  first.reserve(standings.size());
  for (const Standing* standing : standings) first.insert(standing->first);

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
              [&](const auto& a, const auto& b) {
                return model::PlaceOf(a, order_) < model::PlaceOf(b, order_);
              });
  }
}

}  // namespace memmon::api
