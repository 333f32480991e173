// SPDX-License-Identifier: Apache-2.0
//
// How much of gRPC's port a stranger can have: connections, calls, bytes and time.

#ifndef MEMMON_API_LIMITS_H_
#define MEMMON_API_LIMITS_H_

#include <chrono>
#include <cstddef>

namespace memmon::api {

struct Limits {
  // All clients together; one more is closed. Far fewer than file descriptors there are.
  size_t connections = 512;
  // Between new ones, once so many came at once; who comes sooner waits to be taken. Each may cost
  // a TLS handshake: with RSA's 2,048 bits a millisecond of a processor.
  std::chrono::milliseconds connection_interval{5};
  // The same of the Unix socket.
  size_t socket_connections = 128;
  // Until a connection speaks HTTP/2, TLS before it included.
  std::chrono::milliseconds handshake{20'000};
  // One without a call is closed; clients open another when they have something to ask.
  std::chrono::milliseconds idle{300'000};
  // A client that is gone without a word is noticed after both of these.
  std::chrono::milliseconds keepalive{60'000};
  std::chrono::milliseconds keepalive_timeout{20'000};
  // Calls at once of one connection; more wait.
  int concurrent_streams = 128;
  // Requests are small; a larger one is a mistake.
  int request_bytes = 64 << 10;
  // All that a call's headers take; more costs it, and at times its connection (gRPC 1.51).
  int metadata_bytes = 16 << 10;
};

}  // namespace memmon::api

#endif  // MEMMON_API_LIMITS_H_
