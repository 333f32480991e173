// SPDX-License-Identifier: Apache-2.0

#include "store/cause.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

TEST(Cause, GoesWithTheStatusAndTheLastOneCounts) {
  const absl::Status plain = absl::InternalError("words");
  EXPECT_EQ(CauseOf(plain), Cause::kOther);
  const absl::Status because = Because(Cause::kReadOnly, plain);
  EXPECT_EQ(because.message(), "words");
  EXPECT_EQ(because.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(CauseOf(because), Cause::kReadOnly);
  EXPECT_EQ(CauseOf(Because(Cause::kForeign, because)), Cause::kForeign);
}

TEST(Cause, IsReadOffPostgresqlsCodes) {
  EXPECT_EQ(CauseOfSqlstate("28P01"), Cause::kRefused);
  EXPECT_EQ(CauseOfSqlstate("28000"), Cause::kRefused);
  EXPECT_EQ(CauseOfSqlstate("3D000"), Cause::kNoDatabase);
  EXPECT_EQ(CauseOfSqlstate("42501"), Cause::kNoPrivilege);
  EXPECT_EQ(CauseOfSqlstate("53300"), Cause::kTooManyConnections);
  EXPECT_EQ(CauseOfSqlstate("25006"), Cause::kReadOnly);
  EXPECT_EQ(CauseOfSqlstate("53100"), Cause::kDiskFull);
  EXPECT_EQ(CauseOfSqlstate("57P03"), Cause::kUnreachable);
  EXPECT_EQ(CauseOfSqlstate("08006"), Cause::kUnreachable);
  EXPECT_EQ(CauseOfSqlstate("42P01"), Cause::kOther);
  EXPECT_EQ(CauseOfSqlstate(""), Cause::kOther);
}

TEST(Cause, OfARefusalIsReadOffTheSameCodesAndMore) {
  EXPECT_EQ(CauseOfRefusal("28P01"), Cause::kRefused);
  EXPECT_EQ(CauseOfRefusal("42P01"), Cause::kOther);
  EXPECT_EQ(CauseOfRefusal(""), Cause::kUnreachable);
  // Of a statement it may be anything.
  EXPECT_EQ(CauseOfRefusal("55000"), Cause::kClosed);
  EXPECT_EQ(CauseOfSqlstate("55000"), Cause::kOther);
}

}  // namespace
}  // namespace memmon::store
