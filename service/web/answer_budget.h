// SPDX-License-Identifier: Apache-2.0
//
// The bytes of answers that wait to be sent, those of all connections together: who asks
// and reads nothing would have the memory of others. Not counted are streams, whose number
// has a bound of its own, files, which all who are sent them share, and what is small, so
// that those who read are still told how memmond is, and that there is no room.
//
// Thread safety: all methods, from any thread; a share is one connection's. The budget
// outlives its shares.

#ifndef MEMMON_WEB_ANSWER_BUDGET_H_
#define MEMMON_WEB_ANSWER_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace memmon::web {

// What the client is told. It was not at fault, and may ask again.
inline constexpr char kTooManyAnswers[] =
    "too many answers wait for clients that do not read; try again";

class AnswerBudget {
 public:
  // Held until the answer is sent, or given up.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { *this = std::move(other); }
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      other.Release();
      return *this;
    }
    ~Share() { Release(); }

    void Release() {
      if (budget_ != nullptr) budget_->used_ -= std::exchange(bytes_, 0);
      budget_ = nullptr;
    }

   private:
    friend class AnswerBudget;
    Share(AnswerBudget* budget, size_t bytes) : budget_(budget), bytes_(bytes) {}

    AnswerBudget* budget_ = nullptr;
    size_t bytes_ = 0;
  };

  // `small`: the bytes up to which an answer is not counted.
  AnswerBudget(size_t bytes, size_t small) : bytes_(bytes), small_(small) {}

  // Nothing where there is no room. While no other waits there is room for one of any size.
  std::optional<Share> Take(size_t bytes) {
    if (bytes <= small_) return Share();
    size_t used = used_;
    do {
      if (used > 0 && (used >= bytes_ || bytes > bytes_ - used)) return std::nullopt;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return Share(this, bytes);
  }

 private:
  const size_t bytes_;
  const size_t small_;
  std::atomic<size_t> used_ = 0;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_ANSWER_BUDGET_H_
