// SPDX-License-Identifier: Apache-2.0
//
// A socket that was handed to gRPC, which closes it and tells nobody. As long as its
// number names the same one, it is open: the kernel gives each socket an inode of its own.
//
// Thread safety: all functions, from any thread.

#ifndef MEMMON_API_HANDED_SOCKET_H_
#define MEMMON_API_HANDED_SOCKET_H_

#include <sys/types.h>

namespace memmon::api {

class HandedSocket {
 public:
  // `fd`: open, the caller's still.
  explicit HandedSocket(int fd);

  bool open() const;

 private:
  int fd_;
  ino_t inode_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_HANDED_SOCKET_H_
