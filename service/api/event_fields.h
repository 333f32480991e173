// SPDX-License-Identifier: Apache-2.0
//
// Which fields of an Event a client wants, and may see. A plain value.

#ifndef MEMMON_API_EVENT_FIELDS_H_
#define MEMMON_API_EVENT_FIELDS_H_

#include <google/protobuf/field_mask.pb.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>

namespace memmon::api {

class EventFields {
 public:
  // All of them, addresses too.
  EventFields() = default;

  // By its number in Event.
  bool Has(int number) const { return (bits_ >> number & 1) != 0; }

  // From now on without addresses, which its events say of themselves.
  void HideDetails();
  // Whether something of what is wanted is hidden.
  bool details_hidden() const { return details_hidden_; }

  // A mask without paths asks for all. INVALID_ARGUMENT that names `field` and
  // lists the names there are, where a path is none of them.
  static grpc::Status Read(const google::protobuf::FieldMask& mask, const std::string& field,
                           EventFields* fields);

 private:
  uint64_t bits_ = ~uint64_t{0};
  bool details_hidden_ = false;
};

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_FIELDS_H_
