// SPDX-License-Identifier: Apache-2.0
//
// Turns the first SIGINT, SIGTERM or SIGHUP into a Stop. The second one ends the
// program as if there were no handler: a hung program can always be left.

#ifndef MEMMON_CTL_SIGNALS_H_
#define MEMMON_CTL_SIGNALS_H_

#include <signal.h>

#include <thread>

#include "ctl/stop.h"

namespace memmon::ctl {

class Signals {
 public:
  // Before any other thread begins, so that all of them leave the signals alone.
  // `stop` must outlive this.
  explicit Signals(Stop* stop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void Wait(Stop* stop);

  sigset_t set_;
  int wake_;  // an eventfd that ends the thread
  std::thread thread_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_SIGNALS_H_
