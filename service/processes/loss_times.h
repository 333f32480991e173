// SPDX-License-Identifier: Apache-2.0
//
// When records were lost, so that each process can say since when its counts may lack
// some. The latest are known one by one; of older ones the first alone.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_LOSS_TIMES_H_
#define MEMMON_PROCESSES_LOSS_TIMES_H_

#include <cstddef>
#include <cstdint>
#include <deque>

namespace memmon::processes {

class LossTimes {
 public:
  static constexpr size_t kMaxKnown = 1'024;

  void Add(uint64_t time_ns) {
    if (count_++ == 0) first_ns_ = time_ns;
    known_.push_back(time_ns);
    if (known_.size() > kMaxKnown) known_.pop_front();
  }

  uint64_t count() const { return count_; }

  // Of the first loss after `before` of them: 0 where there is none, and no later than it
  // was where that is not known any more.
  uint64_t FirstAfter(uint64_t before) const {
    if (before >= count_) return 0;
    const uint64_t forgotten = count_ - known_.size();
    return before < forgotten ? first_ns_ : known_[before - forgotten];
  }

 private:
  uint64_t count_ = 0;
  uint64_t first_ns_ = 0;
  std::deque<uint64_t> known_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_LOSS_TIMES_H_
