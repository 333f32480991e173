// SPDX-License-Identifier: Apache-2.0

#include "ctl/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cstdint>

namespace memmon::ctl {

Signals::Signals(Stop* stop) : wake_(eventfd(0, EFD_CLOEXEC)) {
  sigemptyset(&set_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set_, number);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  thread_ = std::thread([this, stop] { Wait(stop); });
}

Signals::~Signals() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof(one));
  thread_.join();
  close(wake_);
}

void Signals::Wait(Stop* stop) {
  const int fd = signalfd(-1, &set_, SFD_CLOEXEC);
  pollfd waited[] = {{fd, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (poll(waited, 2, -1) < 0) {
  }
  if ((waited[0].revents & POLLIN) != 0) {
    signalfd_siginfo info;
    [[maybe_unused]] const ssize_t got = read(fd, &info, sizeof(info));
    // This thread alone lets the next one through.
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
    stop->Ask();
    waited[0].fd = -1;
    while (poll(waited, 2, -1) < 0) {
    }
  }
  close(fd);
}

}  // namespace memmon::ctl
