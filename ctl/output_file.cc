// SPDX-License-Identifier: Apache-2.0

#include "ctl/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace memmon::ctl {

void OutputFile::Open(const std::string& path) {
  fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd_ < 0) error_ = errno;
}

void OutputFile::Write(std::string_view bytes) {
  while (error_ == 0 && !bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

void OutputFile::Close() {
  // What a file system could not write after all, it may say only now.
  if (fd_ >= 0 && close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
}

}  // namespace memmon::ctl
