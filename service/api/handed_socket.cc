// SPDX-License-Identifier: Apache-2.0

#include "api/handed_socket.h"

#include <sys/stat.h>

namespace memmon::api {
namespace {

// 0: there is no such socket.
ino_t InodeOf(int fd) {
  struct stat facts {};
  return fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode) ? facts.st_ino : 0;
}

}  // namespace

HandedSocket::HandedSocket(int fd) : fd_(fd), inode_(InodeOf(fd)) {}

bool HandedSocket::open() const { return InodeOf(fd_) == inode_; }

}  // namespace memmon::api
