// SPDX-License-Identifier: Apache-2.0
//
// The ways in which a PostgreSQL goes away and comes back, for tests that are to hold with
// each of them.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_OUTAGES_H_
#define MEMMON_TESTS_INTEGRATION_STORE_OUTAGES_H_

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "private_cluster.h"
#include "store/cause.h"

namespace memmon::test {

struct Outage {
  std::string name;
  // Whoever uses `database` of the cluster is cut off when it begins.
  void (*begin)(PrivateCluster& cluster, const std::string& database);
  void (*end)(PrivateCluster& cluster, const std::string& database);
  // It lasts until it is ended, and what the store says of it. Otherwise the server is back
  // at once, and the store may never have noticed that it was away.
  bool lasts = true;
  store::Cause cause = store::Cause::kUnreachable;
  std::string problem = "pg_isready";
};

std::vector<Outage> Outages();

// How GoogleTest names and shows them.
std::string NameOf(const testing::TestParamInfo<Outage>& outage);
void PrintTo(const Outage& outage, std::ostream* out);

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_OUTAGES_H_
