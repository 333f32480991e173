// SPDX-License-Identifier: Apache-2.0
//
// Who is meant: the fields that EventFilter and ProcessFilter have in common,
// checked.

#ifndef MEMMON_API_WHO_H_
#define MEMMON_API_WHO_H_

#include <grpcpp/support/status.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/errors.h"

namespace memmon::api {

inline constexpr int kMaxPids = 1'000;
inline constexpr int kMaxProcessNames = 100;
inline constexpr int kMaxProcessNameBytes = 64;
inline constexpr int kMaxUids = 100;
inline constexpr int kMaxCgroupIds = 100;

template <typename T>
void SortUnique(std::vector<T>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

inline grpc::Status CheckCount(const std::string& field, int count, int most) {
  if (count <= most) return grpc::Status::OK;
  return InvalidField(field, absl::StrCat("at most ", most, " are taken, not ", count));
}

// Into a filter's lists, sorted, each value once. `path` stands before the names
// of fields: "filter".
template <typename Request>
grpc::Status ReadWho(const Request& request, const std::string& path, std::vector<uint32_t>* tgids,
                     std::vector<std::string>* names, std::vector<uint32_t>* uids,
                     std::vector<uint64_t>* cgroup_ids) {
  for (const auto& [field, count, most] :
       {std::tuple("pids", request.pids_size(), kMaxPids),
        std::tuple("process_names", request.process_names_size(), kMaxProcessNames),
        std::tuple("uids", request.uids_size(), kMaxUids),
        std::tuple("cgroup_ids", request.cgroup_ids_size(), kMaxCgroupIds)}) {
    grpc::Status status = CheckCount(absl::StrCat(path, ".", field), count, most);
    if (!status.ok()) return status;
  }
  for (int i = 0; i < request.process_names_size(); ++i) {
    const std::string& name = request.process_names(i);
    if (name.empty() || name.size() > kMaxProcessNameBytes) {
      return InvalidField(
          absl::StrCat(path, ".process_names[", i, "]"),
          absl::StrCat("must be 1 to ", kMaxProcessNameBytes, " bytes, not ", name.size()));
    }
    names->push_back(name);
  }
  tgids->assign(request.pids().begin(), request.pids().end());
  uids->assign(request.uids().begin(), request.uids().end());
  cgroup_ids->assign(request.cgroup_ids().begin(), request.cgroup_ids().end());
  SortUnique(tgids);
  SortUnique(uids);
  SortUnique(cgroup_ids);
  return grpc::Status::OK;
}

}  // namespace memmon::api

#endif  // MEMMON_API_WHO_H_
