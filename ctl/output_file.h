// SPDX-License-Identifier: Apache-2.0
//
// A file to be written, which its owner alone may read, as it holds what other users' processes do:
// where it was there before, who may read it stays. Not thread-safe.

#ifndef MEMMON_CTL_OUTPUT_FILE_H_
#define MEMMON_CTL_OUTPUT_FILE_H_

#include <string>
#include <string_view>

namespace memmon::ctl {

class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { Close(); }

  // What was in it goes. After a failure nothing more is written.
  void Open(const std::string& path);
  void Write(std::string_view bytes);
  void Close();

  bool is_open() const { return fd_ >= 0; }
  // Why the first of these failed, an errno; 0 where none has.
  int error() const { return error_; }

 private:
  int fd_ = -1;
  int error_ = 0;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_OUTPUT_FILE_H_
