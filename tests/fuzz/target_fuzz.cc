// SPDX-License-Identifier: Apache-2.0
//
// Request lines from a stranger: no path that is accepted leads out of a folder.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "web/target.h"

namespace memmon::web {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadTarget(std::string_view input) {
  const auto target = ParseTarget(input);
  if (!target) return;
  Check(target->path.starts_with('/'));
  Check(target->path.size() <= input.size());
  for (unsigned char c : target->path) Check(c >= 0x20 && c != 0x7f && c != '\\');
  // What the standard library takes away where a path climbs or stands still.
  Check(std::filesystem::path(target->path).lexically_normal() == target->path);
  for (const auto& [name, value] : target->query) {
    Check(name.size() + value.size() <= input.size());
    for (unsigned char c : name + value) Check(c >= 0x20 && c != 0x7f);
  }
}

}  // namespace
}  // namespace memmon::web

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::web::ReadTarget({reinterpret_cast<const char*>(data), size});
  return 0;
}
