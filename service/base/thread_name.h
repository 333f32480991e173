// SPDX-License-Identifier: Apache-2.0
//
// Names threads, for top -H and debuggers.

#ifndef MEMMON_BASE_THREAD_NAME_H_
#define MEMMON_BASE_THREAD_NAME_H_

#include <pthread.h>

namespace memmon::base {

// Names the calling thread; at most 15 bytes, longer names change nothing.
inline void NameThisThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace memmon::base

#endif  // MEMMON_BASE_THREAD_NAME_H_
