// SPDX-License-Identifier: Apache-2.0
//
// How much of memmond a stranger can have: connections, bytes and time.

#ifndef MEMMON_WEB_LIMITS_H_
#define MEMMON_WEB_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace memmon::web {

// A request of one filter with every list full takes two thirds of it.
inline constexpr size_t kMaxMessageBytes = 64 << 10;

struct Limits {
  // Far more than browsers open; far fewer than file descriptors there are.
  size_t sessions = 512;
  // One address leaves room for the others.
  size_t sessions_per_address = 256;
  // Between new ones, once `sessions` came at once; who comes sooner waits to be taken. Each may
  // cost a TLS handshake: with RSA's 2,048 bits a millisecond of a processor.
  std::chrono::milliseconds session_interval{5};

  uint32_t header_bytes = 16 << 10;
  // A message in text mode, with some room.
  uint64_t body_bytes = 96 << 10;
  // Of answers that wait to be sent, all together; see AnswerBudget. A list of a thousand
  // processes is 0.5 MB.
  size_t answer_bytes = 16 << 20;
  // Of one that is always let through: as much as the header of its request was.
  size_t small_answer_bytes = 16 << 10;

  // Until a header is there as a whole, however often a byte of it comes; also
  // how long an unused connection is kept, and a handshake may take.
  std::chrono::milliseconds header{60'000};
  std::chrono::milliseconds body{30'000};
  // A browser that takes nothing for so long is gone.
  std::chrono::milliseconds write{60'000};
  // A WebSocket on which nothing comes for so long is gone. It is sent a ping when half
  // of that is over, which browsers answer by themselves.
  std::chrono::milliseconds silence{60'000};
  // Whose kernel acknowledges nothing for so long is gone, without a word: the machine, or
  // the way to it. It is asked when half of that is over. Whole seconds, 6 at least.
  std::chrono::seconds vanished{60};
  // How often it is looked whether a client is still there that sent more behind a call than
  // is read.
  std::chrono::milliseconds look{5'000};
  // After the last answer, for the other side to hang up.
  std::chrono::milliseconds linger{2'000};
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_LIMITS_H_
