// SPDX-License-Identifier: Apache-2.0

#include "config/web_root.h"

#include <system_error>

namespace memmon::config {
namespace {

// build/release/service/memmond is three below the source tree.
constexpr int kLevels = 4;

}  // namespace

std::string FindWebRoot(const std::filesystem::path& program) {
  std::filesystem::path folder = program.parent_path();
  for (int level = 0; level < kLevels; ++level) {
    for (const char* candidate : {"share/memmon/webui", "webui/dist"}) {
      std::error_code error;
      if (std::filesystem::is_regular_file(folder / candidate / "index.html", error)) {
        return folder / candidate;
      }
    }
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return "";
}

}  // namespace memmon::config
