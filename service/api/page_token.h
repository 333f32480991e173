// SPDX-License-Identifier: Apache-2.0
//
// Page tokens: opaque to clients, the same on every memmond of this version.
// A token says where the next page begins and which query it belongs to.

#ifndef MEMMON_API_PAGE_TOKEN_H_
#define MEMMON_API_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "store/store.h"

namespace memmon::api {

// Of the filter and the times; page_size and `before` may differ between the
// pages of one query.
uint64_t QueryHash(const store::EventQuery& query);

std::string EncodePageToken(const store::EventPosition& position, uint64_t query_hash);

// INVALID_ARGUMENT with what is wrong.
absl::StatusOr<store::EventPosition> DecodePageToken(std::string_view token, uint64_t query_hash);

}  // namespace memmon::api

#endif  // MEMMON_API_PAGE_TOKEN_H_
