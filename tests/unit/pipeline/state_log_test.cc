// SPDX-License-Identifier: Apache-2.0

#include "pipeline/state_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memmon::pipeline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StateLogTest : public ::testing::Test {
 protected:
  // What is logged of how `pump_` and `store_` are now.
  std::string Logged() {
    testing::internal::CaptureStderr();
    line_ = log_.Note(pump_, store_);
    return testing::internal::GetCapturedStderr();
  }

  PumpStatus pump_{.source_name = "/dev/memmon"};
  store::StoreStatus store_;
  StateLog log_;
  std::string line_;
};

TEST_F(StateLogTest, LogsEachStateOnce) {
  EXPECT_THAT(Logged(), AllOf(HasSubstr("level=info event=source name=/dev/memmon state=waiting"),
                              HasSubstr("level=info event=database state=off")));
  EXPECT_EQ(line_, "source waiting, database off");
  EXPECT_EQ(Logged(), "");
  pump_.state = SourceState::kLive;
  EXPECT_THAT(Logged(), AllOf(HasSubstr("state=live"), Not(HasSubstr("database"))));
  EXPECT_EQ(line_, "source live, database off");
}

TEST_F(StateLogTest, WarnsOfWhatIsWrongAndSaysItInTheLine) {
  Logged();
  pump_.problem = "/dev/memmon is not there; type: sudo modprobe memmon";
  EXPECT_THAT(Logged(), AllOf(HasSubstr("level=warning event=source"),
                              HasSubstr("problem=\"/dev/memmon is not there;"),
                              Not(HasSubstr("event=database"))));
  // The state is the same, what is wrong another.
  pump_.problem = "another program reads it";
  EXPECT_THAT(Logged(), HasSubstr("problem=\"another program reads it\""));
  store_.state = store::StoreState::kDown;
  store_.problem = "connection refused";
  EXPECT_THAT(Logged(), AllOf(HasSubstr("level=warning event=database state=down"),
                              Not(HasSubstr("event=source"))));
  EXPECT_EQ(line_, "source waiting, database down; another program reads it; connection refused");
  pump_.problem = "";
  EXPECT_THAT(Logged(), HasSubstr("level=info event=source"));
}

// A spool that is nearly full, while the database takes what it is given.
TEST_F(StateLogTest, LogsWhatIsWrongWithADatabaseThatIsThere) {
  store_.state = store::StoreState::kConnected;
  Logged();
  store_.problem = "the spool cannot be written";
  EXPECT_THAT(Logged(), HasSubstr("event=database state=connected problem=\"the spool"));
}

}  // namespace
}  // namespace memmon::pipeline
