// SPDX-License-Identifier: Apache-2.0

#include "processes/call_counts.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>

namespace memmon::processes {

using model::Event;
using model::EventKind;

namespace {

template <typename Sizes>
void AddSize(uint64_t length_bytes, Sizes* sizes) {
  const auto exponent = static_cast<uint64_t>(std::bit_width(length_bytes) - 1);
  for (auto& size : *sizes) {
    if (size.exponent != exponent) continue;
    ++size.count;
    return;
  }
  sizes->push_back({.exponent = exponent, .count = 1});
}

}  // namespace

void CallCounts::Add(const Event& event) {
  ++counts_[model::IndexOf(event.kind)];
  const bool failed = event.failed();
  if (event.kind == EventKind::kMmap && event.length_bytes != 0) {
    failed ? AddSize(event.length_bytes, &failed_sizes_) : AddSize(event.length_bytes, &sizes_);
  }
  if (failed) AddFailure(static_cast<uint32_t>(-event.result), event.length_bytes);
  if (event.kind == EventKind::kExec) AddExec(event);
}

void CallCounts::AddFailure(uint32_t error, uint64_t length_bytes) {
  auto found = std::ranges::find(failures_, error, &model::FailureCount::error);
  if (found == failures_.end() && failures_.size() >= kMaxErrors) {
    found = std::ranges::find(failures_, 0u, &model::FailureCount::error);
    error = 0;
  }
  if (found == failures_.end()) found = failures_.insert(found, {.error = error});
  ++found->count;
  found->largest_bytes = std::max(found->largest_bytes, length_bytes);
}

void CallCounts::AddExec(const Event& event) {
  const model::ExecMark mark{.time_ns = event.time_ns, .comm = event.comm};
  execs_.insert(std::ranges::upper_bound(execs_, mark.time_ns, {}, &model::ExecMark::time_ns),
                mark);
  if (execs_.size() > kMaxExecs) execs_.erase(execs_.begin());
}

void CallCounts::Tell(model::ProcessCalls* calls) const {
  for (size_t i = 0; i + 1 < counts_.size(); ++i) {
    if (counts_[i] != 0) calls->counts.push_back({model::KindAt(i), counts_[i]});
  }
  std::ranges::sort(calls->counts, {}, &model::KindCount::kind);
  calls->failures = failures_;
  std::ranges::stable_sort(calls->failures, std::greater(), &model::FailureCount::count);
  std::map<uint32_t, model::SizeCount> sizes;
  for (const auto& [exponent, count] : sizes_) sizes[exponent].succeeded = count;
  for (const auto& [exponent, count] : failed_sizes_) sizes[exponent].failed = count;
  for (auto& [exponent, size] : sizes) {
    size.exponent = exponent;
    calls->sizes.push_back(size);
  }
  calls->execs = execs_;
}

}  // namespace memmon::processes
