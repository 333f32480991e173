// SPDX-License-Identifier: Apache-2.0

#include "processes/call_counts.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace memmon::processes {

using model::Event;
using model::EventKind;

void CallCounts::Add(const Event& event) {
  ++counts_[model::IndexOf(event.kind)];
  if (event.kind == EventKind::kExec) AddExec(event);
  if (event.failed()) AddFailure(static_cast<uint32_t>(-event.result), event.length_bytes);
  if (event.kind == EventKind::kMmap && event.length_bytes != 0) AddSize(event);
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

void CallCounts::AddSize(const Event& event) {
  const auto exponent = static_cast<uint32_t>(std::bit_width(event.length_bytes) - 1);
  auto found = std::ranges::find(sizes_, exponent, &model::SizeCount::exponent);
  if (found == sizes_.end()) found = sizes_.insert(found, {.exponent = exponent});
  ++(event.failed() ? found->failed : found->succeeded);
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
  calls->failures = failures_;
  std::ranges::stable_sort(calls->failures, std::greater(), &model::FailureCount::count);
  calls->sizes = sizes_;
  std::ranges::sort(calls->sizes, {}, &model::SizeCount::exponent);
  calls->execs = execs_;
}

}  // namespace memmon::processes
