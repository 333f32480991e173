// SPDX-License-Identifier: Apache-2.0

#include "outages.h"

namespace memmon::test {
namespace {

void Start(PrivateCluster& cluster, const std::string&) { cluster.Start(); }

}  // namespace

std::vector<Outage> Outages() {
  using Database = const std::string&;
  return {
      {"Killed", [](PrivateCluster& cluster, Database) { cluster.Kill(); }, Start},
      {"Stopped", [](PrivateCluster& cluster, Database) { cluster.Stop(); }, Start},
      {"StoppedAtOnce", [](PrivateCluster& cluster, Database) { cluster.StopAtOnce(); }, Start},
      {"Restarted",
       [](PrivateCluster& cluster, Database) {
         cluster.Stop();
         cluster.Start();
       },
       [](PrivateCluster&, Database) {}, /*lasts=*/false},
      {"Refusing", [](PrivateCluster& cluster, Database database) { cluster.Refuse(database); },
       [](PrivateCluster& cluster, Database database) { cluster.Admit(database); }, /*lasts=*/true,
       store::Cause::kClosed, "ALLOW_CONNECTIONS"},
  };
}

std::string NameOf(const testing::TestParamInfo<Outage>& outage) { return outage.param.name; }

void PrintTo(const Outage& outage, std::ostream* out) { *out << outage.name; }

}  // namespace memmon::test
