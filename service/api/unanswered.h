// SPDX-License-Identifier: Apache-2.0
//
// How much a connection may have made gRPC hold: what it sent, less what calls account
// for. gRPC 1.51 keeps a block of headers until its last frame, however long it is, and
// before it looks at a token (CVE-2023-33953). While one goes on, nothing else can come
// over its connection: no call begins, and nothing is sent there but what was asked for
// before.
//
// Whoever keeps to the limits of a call is never far from 0. What a call sends is there
// when it begins, and with that it is accounted for; what follows a stream (WINDOW_UPDATE,
// PING and their answers) is a fraction of what the stream was sent, or little more.
//
// Thread safety: none.

#ifndef MEMMON_API_UNANSWERED_H_
#define MEMMON_API_UNANSWERED_H_

#include <algorithm>
#include <cstdint>

namespace memmon::api {

// Of one connection, since it began.
struct Traffic {
  uint64_t received = 0;  // bytes that came from it, read or not
  uint64_t sent = 0;      // bytes that it was sent
  uint64_t calls = 0;     // that began
};

class Unanswered {
 public:
  // What a byte that was sent to it accounts for. One who follows a stream with every
  // message alone sends 43 bytes for one of 31; a call that is refused at once sends 100
  // and is answered 60.
  static constexpr uint64_t kForAByte = 4;

  // `for_a_call`: what a call may send until it begins.
  explicit Unanswered(uint64_t for_a_call) : for_a_call_(for_a_call) {}

  // `traffic` as it is now; no part of it ever goes back.
  void See(const Traffic& traffic) {
    bytes_ += traffic.received - traffic_.received;
    bytes_ -= std::min(bytes_, kForAByte * (traffic.sent - traffic_.sent) +
                                   for_a_call_ * (traffic.calls - traffic_.calls));
    traffic_ = traffic;
  }

  // Nothing that was accounted for in excess is kept for later.
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t for_a_call_;
  Traffic traffic_;
  uint64_t bytes_ = 0;
};

}  // namespace memmon::api

#endif  // MEMMON_API_UNANSWERED_H_
