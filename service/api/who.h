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

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "api/errors.h"

namespace memmon::api {

inline constexpr int kMaxPids = 1'000;
inline constexpr int kMaxProcessNames = 100;
inline constexpr size_t kMaxProcessNameBytes = 64;
inline constexpr int kMaxUids = 100;
inline constexpr int kMaxCgroupIds = 100;
inline constexpr int kMaxContainers = 100;
inline constexpr size_t kMaxContainerBytes = 256;
// As people copy it from `docker ps`, and as long as it can be.
inline constexpr size_t kLeastIdDigits = 12;
inline constexpr size_t kMostIdDigits = 64;

template <typename T>
void SortUnique(std::vector<T>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

inline grpc::Status CheckCount(const std::string& field, int count, int most) {
  if (count <= most) return grpc::Status::OK;
  return InvalidField(field, absl::StrCat("at most ", most, " are taken, not ", count));
}

// Patterns of names, or which of them is too short or too long.
template <typename Names>
grpc::Status ReadNames(const Names& asked, const std::string& field, size_t most_bytes,
                       std::vector<std::string>* names) {
  for (int i = 0; i < asked.size(); ++i) {
    if (asked[i].empty() || asked[i].size() > most_bytes) {
      return InvalidField(
          absl::StrCat(field, "[", i, "]"),
          absl::StrCat("must be 1 to ", most_bytes, " bytes, not ", asked[i].size()));
    }
    names->push_back(asked[i]);
  }
  return grpc::Status::OK;
}

// A container's id, or its beginning, becomes a pattern: runtimes put words around it.
inline std::string ContainerPattern(const std::string& asked) {
  const bool is_id =
      asked.size() >= kLeastIdDigits && asked.size() <= kMostIdDigits &&
      std::all_of(asked.begin(), asked.end(), [](char c) { return absl::ascii_isxdigit(c); });
  return is_id ? absl::StrCat("*", asked, "*") : asked;
}

// Into the lists of a filter (model::Filter or model::ProcessFilter), sorted where it wants
// them so, each value once. `path` stands before the names of fields: "filter".
template <typename Request, typename Filter>
grpc::Status ReadWho(const Request& request, const std::string& path, Filter* filter) {
  for (const auto& [field, count, most] :
       {std::tuple("pids", request.pids_size(), kMaxPids),
        std::tuple("process_names", request.process_names_size(), kMaxProcessNames),
        std::tuple("uids", request.uids_size(), kMaxUids),
        std::tuple("cgroup_ids", request.cgroup_ids_size(), kMaxCgroupIds),
        std::tuple("containers", request.containers_size(), kMaxContainers)}) {
    grpc::Status status = CheckCount(absl::StrCat(path, ".", field), count, most);
    if (!status.ok()) return status;
  }
  grpc::Status status = ReadNames(request.process_names(), path + ".process_names",
                                  kMaxProcessNameBytes, &filter->names);
  if (status.ok()) {
    status = ReadNames(request.containers(), path + ".containers", kMaxContainerBytes,
                       &filter->containers);
  }
  if (!status.ok()) return status;
  for (std::string& container : filter->containers) container = ContainerPattern(container);
  filter->tgids.assign(request.pids().begin(), request.pids().end());
  filter->uids.assign(request.uids().begin(), request.uids().end());
  filter->cgroup_ids.assign(request.cgroup_ids().begin(), request.cgroup_ids().end());
  SortUnique(&filter->tgids);
  SortUnique(&filter->uids);
  SortUnique(&filter->cgroup_ids);
  return grpc::Status::OK;
}

}  // namespace memmon::api

#endif  // MEMMON_API_WHO_H_
