// SPDX-License-Identifier: Apache-2.0
//
// Tells which sequence numbers a damaged stretch of the spool took with it,
// from the frames before and after: within one stream (one run of memmond, one
// epoch of its queue, one capture) numbers go on. Not thread-safe.

#ifndef MEMMON_STORE_GAP_FINDER_H_
#define MEMMON_STORE_GAP_FINDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "store/spool_frame.h"

namespace memmon::store {

class GapFinder {
 public:
  // Something that could not be read lies between the last frame and the next.
  void Damage() { missing_after_ = last_; }
  // What lies there is known from elsewhere.
  void Forget();
  // The next frame; gives what is now known to be missing before it. What a
  // sub-stream lost of which no frame comes any more is never known.
  std::vector<Loss> Follow(uint64_t run, const FrameFacts& facts);

 private:
  uint64_t run_ = 0;
  uint64_t epoch_ = 0;
  std::shared_ptr<const model::Capture> capture_;
  std::map<uint16_t, uint64_t> last_;           // number of each sub-stream
  std::map<uint16_t, uint64_t> missing_after_;  // of those not seen since the damage
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_GAP_FINDER_H_
