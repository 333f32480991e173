// SPDX-License-Identifier: Apache-2.0
//
// How many files, sockets among them, this program may have open.

#ifndef MEMMON_BASE_FILE_LIMIT_H_
#define MEMMON_BASE_FILE_LIMIT_H_

#include <sys/resource.h>

#include <cstdint>

namespace memmon::base {

// As many as may be had without privilege: the soft limit becomes the hard one. Returns
// what holds from here on. The soft one is 1024 by custom, for programs that use select;
// memmond does not, and starts no other program.
inline uint64_t RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  if (limit.rlim_cur < limit.rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
    return limit.rlim_max;
  return limit.rlim_cur;
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_FILE_LIMIT_H_
