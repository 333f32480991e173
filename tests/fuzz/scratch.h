// SPDX-License-Identifier: Apache-2.0
//
// For targets that read files: a directory in memory, which goes with the process, and
// whole files.

#ifndef MEMMON_TESTS_FUZZ_SCRATCH_H_
#define MEMMON_TESTS_FUZZ_SCRATCH_H_

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace memmon::fuzz {

class Scratch {
 public:
  Scratch() : path_(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") {
    path_ += "/memmon-fuzz-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) abort();
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void WriteWhole(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace memmon::fuzz

#endif  // MEMMON_TESTS_FUZZ_SCRATCH_H_
