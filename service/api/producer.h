// SPDX-License-Identifier: Apache-2.0
//
// Where a stream's messages come from.
//
// Thread safety: one thread at a time, not always the same.

#ifndef MEMMON_API_PRODUCER_H_
#define MEMMON_API_PRODUCER_H_

#include "api/scheduler.h"

namespace memmon::api {

template <class Message>
class Producer {
 public:
  virtual ~Producer() = default;

  // Fills `message`, which comes empty, and returns true; or returns false
  // when nothing is due, and lowers *again to the time when something will be
  // (it comes as "never": until the producer's wake is called). `last`: the
  // stream is about to end; give what waits, due or not.
  virtual bool Next(bool last, Message* message, Clock::time_point* again) = 0;
};

}  // namespace memmon::api

#endif  // MEMMON_API_PRODUCER_H_
