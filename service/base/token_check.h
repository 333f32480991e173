// SPDX-License-Identifier: Apache-2.0
//
// Looks at the tokens that requests bring, and bounds how many can be tried.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_BASE_TOKEN_CHECK_H_
#define MEMMON_BASE_TOKEN_CHECK_H_

#include <chrono>
#include <mutex>
#include <string_view>

#include "base/bearer.h"

namespace memmon::base {

// What is said to who brings no token, or a wrong one; and once too many were wrong.
inline constexpr char kTooManyWrongTokens[] =
    "too many wrong tokens came within this second, so none is looked at: wait a second; "
    "who is on this machine may come by the Unix socket";

enum class TokenVerdict {
  kGood,
  kWrong,    // or none
  kTooMany,  // was not looked at
};

// All ports of memmond share one, or a guesser would have as many tries on each. While
// too many are wrong the right one is refused, too: whoever learned that it is
// not would go on guessing. So a stranger can keep those out who come with a token; calls
// that have begun go on.
class TokenCheck {
 public:
  // What is wrong in a second, at most. A page whose token was changed asks again a few
  // times a second; 16 letters by chance would still take longer than there was time.
  static constexpr int kMostWrong = 100;

  using Time = std::chrono::steady_clock::time_point;

  // Of `authorization`, a header. One without a token is no try.
  TokenVerdict Look(std::string_view authorization, std::string_view token,
                    Time now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      wrong_ = 0;
    }
    if (authorization.empty()) return TokenVerdict::kWrong;
    if (wrong_ >= kMostWrong) return TokenVerdict::kTooMany;
    if (BringsToken(authorization, token)) return TokenVerdict::kGood;
    ++wrong_;
    return TokenVerdict::kWrong;
  }

 private:
  std::mutex mutex_;
  Time second_{};  // when it began
  int wrong_ = 0;  // in it
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_TOKEN_CHECK_H_
