// SPDX-License-Identifier: Apache-2.0
//
// What a client reads from a refusal.

#ifndef MEMMON_TESTS_UNIT_API_FIELD_OF_H_
#define MEMMON_TESTS_UNIT_API_FIELD_OF_H_

#include <grpcpp/support/status.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace memmon::api {

// The one field that an INVALID_ARGUMENT names; else what is wrong with it.
inline std::string FieldOf(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::INVALID_ARGUMENT) return "not INVALID_ARGUMENT";
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  if (!details.ParseFromString(status.error_details()) || details.details_size() != 1 ||
      !details.details(0).UnpackTo(&bad_request) || bad_request.field_violations_size() != 1 ||
      bad_request.field_violations(0).description().empty()) {
    return "no BadRequest of one field";
  }
  return bad_request.field_violations(0).field();
}

}  // namespace memmon::api

#endif  // MEMMON_TESTS_UNIT_API_FIELD_OF_H_
