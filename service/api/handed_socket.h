// SPDX-License-Identifier: Apache-2.0
//
// A socket that was handed to gRPC, which closes it and tells nobody. As long as its
// number names the same one, it is open: the kernel gives each socket an inode of its own.
//
// Thread safety: all functions, from any thread.

#ifndef MEMMON_API_HANDED_SOCKET_H_
#define MEMMON_API_HANDED_SOCKET_H_

#include <sys/types.h>

#include <optional>
#include <string>

#include "api/unanswered.h"

namespace memmon::api {

class HandedSocket {
 public:
  // As gRPC names the other end of `fd`, over TCP: "ipv4:127.0.0.1:50000".
  static std::string PeerOf(int fd);

  // `fd`: open, the caller's still.
  explicit HandedSocket(int fd);

  bool open() const;

  // Bytes over TCP until now; nothing where it is closed.
  std::optional<Traffic> SeeTraffic() const;

  // Ends the connection, and drops what of it gRPC has not read. To close it is gRPC's part.
  void Abort() const;

 private:
  int fd_;
  ino_t inode_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_HANDED_SOCKET_H_
