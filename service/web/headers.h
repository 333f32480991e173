// SPDX-License-Identifier: Apache-2.0
//
// What is said in a header, in the standard library's types.

#ifndef MEMMON_WEB_HEADERS_H_
#define MEMMON_WEB_HEADERS_H_

#include <boost/beast/core/string_type.hpp>
#include <string_view>

namespace memmon::web {

inline std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

// "application/json" of "application/json; charset=utf-8".
inline std::string_view MediaType(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type;
}

}  // namespace memmon::web

#endif  // MEMMON_WEB_HEADERS_H_
