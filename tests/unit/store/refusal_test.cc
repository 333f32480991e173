// SPDX-License-Identifier: Apache-2.0

#include "store/refusal.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

TEST(Refusal, TakesTheCodeOutOfTheText) {
  const Refusal refusal = ReadRefusal(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
      "authentication failed for user \"ana\"\nLOCATION:  auth_failed, auth.c:329\n");
  EXPECT_EQ(refusal.sqlstate, "28P01");
  EXPECT_EQ(refusal.text,
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  password "
            "authentication failed for user \"ana\"");
}

TEST(Refusal, HasNoCodeWhereNobodyAnswers) {
  const Refusal refusal = ReadRefusal(
      "connection to server on socket \"/run/x\" failed: No such file or directory\n\tIs the "
      "server running locally and accepting connections on that socket?\n");
  EXPECT_EQ(refusal.sqlstate, "");
  EXPECT_EQ(refusal.text,
            "connection to server on socket \"/run/x\" failed: No such file or directory Is the "
            "server running locally and accepting connections on that socket?");
  EXPECT_EQ(ReadRefusal("").text, "");
}

TEST(Refusal, IsOfTheLastServerThatWasTried) {
  const Refusal refusal = ReadRefusal(
      "server a failed: FATAL:  53300: too many\nserver b failed: FATAL:  3D000: no database\n");
  EXPECT_EQ(refusal.sqlstate, "3D000");
  EXPECT_EQ(refusal.text, "server a failed: FATAL:  too many server b failed: FATAL:  no database");
}

TEST(Refusal, TakesNoWordForACode) {
  EXPECT_EQ(ReadRefusal("failed: FATAL:  HOWTO fix").sqlstate, "");
  EXPECT_EQ(ReadRefusal("failed: FATAL:  281").sqlstate, "");
}

}  // namespace
}  // namespace memmon::store
