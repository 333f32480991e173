// SPDX-License-Identifier: Apache-2.0
//
// One PostgreSQL server for all tests of a program: there while they run.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_SHARED_CLUSTER_H_
#define MEMMON_TESTS_INTEGRATION_STORE_SHARED_CLUSTER_H_

#include "private_cluster.h"

namespace memmon::test {

// For tests alone: before and after them there is none. Not thread-safe.
PrivateCluster& SharedCluster();

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_SHARED_CLUSTER_H_
