// SPDX-License-Identifier: Apache-2.0

#include "shared_cluster.h"

#include <gtest/gtest.h>

#include <memory>

namespace memmon::test {
namespace {

class ClusterEnvironment : public testing::Environment {
 public:
  void SetUp() override { cluster = std::make_unique<PrivateCluster>(); }
  void TearDown() override { cluster.reset(); }
  std::unique_ptr<PrivateCluster> cluster;
};

ClusterEnvironment* const environment =
    static_cast<ClusterEnvironment*>(testing::AddGlobalTestEnvironment(new ClusterEnvironment));

}  // namespace

PrivateCluster& SharedCluster() { return *environment->cluster; }

}  // namespace memmon::test
