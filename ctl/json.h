// SPDX-License-Identifier: Apache-2.0
//
// Messages of the API as JSON, one line each, in protobuf's own mapping: names in
// lowerCamelCase, 64-bit numbers as strings, fields that are 0 included.

#ifndef MEMMON_CTL_JSON_H_
#define MEMMON_CTL_JSON_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace memmon::ctl {

std::string ToJson(const google::protobuf::Message& message);

// `text` as a JSON string, quotes included.
std::string JsonString(std::string_view text);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_JSON_H_
