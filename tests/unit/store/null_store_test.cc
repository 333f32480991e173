// SPDX-License-Identifier: Apache-2.0

#include "store/null_store.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

TEST(NullStore, SaysThatThereIsNoHistoryAndWhatToGive) {
  NullStore store;
  const auto status = store.ListEvents({}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(status.message()).find("--database"), std::string::npos);
  EXPECT_EQ(store.status().state, StoreState::kOff);
  EXPECT_TRUE(store.Drain(std::chrono::milliseconds(0)).ok());
}

}  // namespace
}  // namespace memmon::store
