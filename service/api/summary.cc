// SPDX-License-Identifier: Apache-2.0

#include "api/summary.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/convert.h"
#include "api/errors.h"
#include "base/utf8.h"
#include "model/sum.h"

namespace memmon::api {
namespace {

struct Share {
  const model::Process* process;
  uint64_t bytes;
};

// Who counts for each address space.
std::unordered_map<uint64_t, const model::Process*> FirstOfEachAddressSpace(
    const std::vector<model::Process>& processes) {
  std::unordered_map<uint64_t, const model::Process*> owners;
  for (const model::Process& process : processes) {
    if (process.mm_id == 0 || process.end_ns != 0) continue;
    auto [owner, first] = owners.try_emplace(process.mm_id, &process);
    if (!first && std::pair(process.key.start_ns, process.key.tgid) <
                      std::pair(owner->second->key.start_ns, owner->second->key.tgid)) {
      owner->second = &process;
    }
  }
  return owners;
}

std::vector<Share> Measure(const std::vector<model::Process>& processes,
                           v1::SummaryMeasure measure) {
  std::vector<Share> shares;
  if (measure == v1::SUMMARY_MEASURE_HELD_BYTES) {
    for (const model::Process& process : processes) {
      if (process.end_ns == 0) shares.push_back({&process, process.held_bytes});
    }
  } else if (measure == v1::SUMMARY_MEASURE_VIRTUAL_SIZE_BYTES) {
    auto owners = FirstOfEachAddressSpace(processes);
    for (const model::Process& process : processes) {
      if (process.end_ns != 0) continue;
      auto owner = owners.find(process.mm_id);
      bool counts = owner == owners.end() || owner->second == &process;
      if (counts) shares.push_back({&process, process.virtual_size_bytes});
    }
  } else {
    for (const model::Process& process : processes) {
      shares.push_back({&process, process.requested_bytes});
    }
  }
  std::erase_if(shares, [](const Share& share) { return share.bytes == 0; });
  return shares;
}

double ShareOf(uint64_t bytes, uint64_t total) {
  return total == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(total);
}

void AddSlice(const model::ProcessKey& key, const std::string& name, uint64_t bytes, uint64_t total,
              v1::GetSummaryResponse* response) {
  v1::SummarySlice* slice = response->add_slices();
  ToProto(key, slice->mutable_process());
  slice->set_name(base::ToValidUtf8(name));
  slice->set_bytes(bytes);
  slice->set_share(ShareOf(bytes, total));
  slice->set_process_count(1);
}

// What the slices leave of the total.
void AddOthers(uint64_t process_count, uint64_t total, v1::GetSummaryResponse* response) {
  uint64_t rest = total;
  // Where the total has stopped at its largest number, the slices may come to more.
  for (const v1::SummarySlice& slice : response->slices()) rest -= std::min(rest, slice.bytes());
  v1::SummarySlice* others = response->mutable_others();
  others->set_bytes(rest);
  others->set_share(ShareOf(rest, total));
  others->set_process_count(static_cast<uint32_t>(process_count));
  response->set_total_bytes(total);
}

}  // namespace

grpc::Status CheckSummaryRequest(const v1::GetSummaryRequest& request) {
  if (request.slice_count() < 0 || request.slice_count() > kMaxSlices) {
    return InvalidField("slice_count", absl::StrCat("must be from 0 to ", kMaxSlices, ", not ",
                                                    request.slice_count()));
  }
  if (!v1::SummaryMeasure_IsValid(request.measure())) {
    return InvalidField("measure",
                        absl::StrCat(static_cast<int>(request.measure()), " is not a measure"));
  }
  return grpc::Status::OK;
}

bool IsOfRequested(const v1::GetSummaryRequest& request) {
  return request.measure() == v1::SUMMARY_MEASURE_REQUESTED_BYTES ||
         request.measure() == v1::SUMMARY_MEASURE_UNSPECIFIED;
}

void Summarize(const model::ProcessChanges& everything, const v1::GetSummaryRequest& request,
               v1::GetSummaryResponse* response) {
  std::vector<Share> shares = Measure(everything.processes, request.measure());
  uint64_t known = 0;
  for (const Share& share : shares) model::AddToSum(&known, share.bytes);
  uint64_t total =
      IsOfRequested(request) ? std::max(known, everything.totals.requested_bytes) : known;

  size_t count = std::min<size_t>(
      request.slice_count() == 0 ? kDefaultSlices : request.slice_count(), shares.size());
  // The key settles ties, so that slices do not change places at every look.
  std::partial_sort(shares.begin(), shares.begin() + static_cast<ptrdiff_t>(count), shares.end(),
                    [](const Share& a, const Share& b) {
                      return a.bytes != b.bytes ? a.bytes > b.bytes
                                                : a.process->key < b.process->key;
                    });
  for (size_t i = 0; i < count; ++i) {
    AddSlice(shares[i].process->key, shares[i].process->name, shares[i].bytes, total, response);
  }
  AddOthers(shares.size() - count, total, response);
  ToProto(everything.totals, response->mutable_totals());
}

void SummarizeRequested(const store::RequestedSummary& requested,
                        v1::GetSummaryResponse* response) {
  for (const store::Requested& one : requested.largest) {
    AddSlice(one.key, one.name, one.bytes, requested.total_bytes, response);
  }
  AddOthers(requested.process_count - requested.largest.size(), requested.total_bytes, response);
  ToProto(requested.totals, response->mutable_totals());
}

}  // namespace memmon::api
