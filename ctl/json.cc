// SPDX-License-Identifier: Apache-2.0

#include "ctl/json.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

namespace memmon::ctl {

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  // Fails for Any of an unknown type alone; the API has none.
  google::protobuf::util::MessageToJsonString(message, &text, options).ok();
  return text;
}

std::string JsonString(std::string_view text) {
  google::protobuf::StringValue value;
  value.set_value(std::string(text));
  return ToJson(value);
}

}  // namespace memmon::ctl
