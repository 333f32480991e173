// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl calls` against a memmond made of functions.

#include <gtest/gtest.h>

#include <cerrno>

#include "fake_monitor.h"

namespace memmon::ctl {
namespace {

class CallsCommandTest : public testing::Test {
 protected:
  CallsCommandTest() {
    v1::KindCount* count = calls_.add_counts();
    count->set_kind(v1::EVENT_KIND_MMAP);
    count->set_count(1'240);
    for (const auto& [error, failed] : {std::pair{ENOMEM, 5}, std::pair{0, 1}}) {
      v1::FailureCount* failure = calls_.add_failures();
      failure->set_error(static_cast<uint32_t>(error));
      failure->set_count(static_cast<uint64_t>(failed));
      failure->set_largest_bytes(1 << 30);
    }
    for (const auto& [exponent, succeeded, failed] :
         {std::tuple{12, 1'200, 0}, std::tuple{30, 30, 10}}) {
      v1::SizeCount* size = calls_.add_sizes();
      size->set_exponent(static_cast<uint32_t>(exponent));
      size->set_succeeded(static_cast<uint64_t>(succeeded));
      size->set_failed(static_cast<uint64_t>(failed));
    }
    monitor_.calls = [this](const v1::GetProcessCallsRequest& request,
                            v1::GetProcessCallsResponse* response) {
      if (request.process().pid() != 7) return grpc::Status(grpc::StatusCode::NOT_FOUND, "gone");
      *response = calls_;
      return grpc::Status::OK;
    };
  }

  v1::GetProcessCallsResponse calls_;
  FakeMonitor monitor_;
};

TEST_F(CallsCommandTest, TellsKindsErrorsAndLengths) {
  const Ran ran = monitor_.Ctl({"calls", "7"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "KIND  CALLS\n"
            "mmap  1,240\n"
            "\n"
            "ERROR   FAILED  LARGEST\n"
            "ENOMEM       5  1.0 GiB\n"
            "others       1  1.0 GiB\n"
            "\n"
            "MMAP FROM  CALLS  FAILED\n"
            "  4.0 KiB  1,200       0  ########################################\n"
            "  1.0 GiB     40      10  #\n");
  EXPECT_NE(monitor_.Ctl({"calls", "7", "--bytes"}).out.find("1073741824"), std::string::npos);
  EXPECT_NE(monitor_.Ctl({"calls", "7", "--json"}).out.find(R"("exponent":12)"), std::string::npos);
}

TEST_F(CallsCommandTest, IsNotWellWhereSomethingMayBeMissing) {
  calls_.mutable_missed_since()->set_seconds(1'700'000'000);
  const Ran ran = monitor_.Ctl({"calls", "7", "--utc"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("ENOMEM"), std::string::npos);
  EXPECT_NE(ran.err.find("since 2023-11-14 22:13:20"), std::string::npos) << ran.err;
}

TEST_F(CallsCommandTest, OfOneThatIsNotThereItSaysWhereToLook) {
  const Ran ran = monitor_.Ctl({"calls", "8"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("memmonctl history 8"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace memmon::ctl
