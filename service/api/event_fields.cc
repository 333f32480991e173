// SPDX-License-Identifier: Apache-2.0

#include "api/event_fields.h"

#include "absl/strings/str_cat.h"
#include "api/errors.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

std::string AllNames() {
  const auto* event = v1::Event::descriptor();
  std::string names;
  for (int i = 0; i < event->field_count(); ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", event->field(i)->name());
  }
  return names;
}

}  // namespace

void EventFields::HideDetails() {
  details_hidden_ = Has(v1::Event::kAddressFieldNumber) || Has(v1::Event::kResultFieldNumber);
  bits_ &= ~(uint64_t{1} << v1::Event::kAddressFieldNumber);
}

grpc::Status EventFields::Read(const google::protobuf::FieldMask& mask, const std::string& field,
                               EventFields* fields) {
  *fields = EventFields();
  if (mask.paths_size() == 0) return grpc::Status::OK;
  fields->bits_ = 0;
  for (int i = 0; i < mask.paths_size(); ++i) {
    const auto* known = v1::Event::descriptor()->FindFieldByName(mask.paths(i));
    if (known == nullptr) {
      return InvalidField(
          absl::StrCat(field, ".paths[", i, "]"),
          absl::StrCat("\"", mask.paths(i), "\" is no field of Event; there are ", AllNames()));
    }
    fields->bits_ |= uint64_t{1} << known->number();
  }
  return grpc::Status::OK;
}

}  // namespace memmon::api
