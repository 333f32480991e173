// SPDX-License-Identifier: Apache-2.0

#include "api/json.h"

#include <gtest/gtest.h>

#include "api/errors.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Method Find(const std::string& name) {
  return Method::Find("/memmon.v1.MemoryMonitor/" + name).value();
}

TEST(Json, KnowsTheMethodsByTheirPaths) {
  EXPECT_FALSE(Find("ListEvents").streams());
  EXPECT_TRUE(Find("ListEvents").only_reads());
  EXPECT_TRUE(Find("StreamEvents").streams());
  for (const char* path :
       {"", "/", "//", "/x", "/memmon.v1.MemoryMonitor", "/memmon.v1.MemoryMonitor/",
        "/memmon.v1.MemoryMonitor/Nothing", "memmon.v1.MemoryMonitor/GetStatus", "/a/b/c",
        "/memmon.v1/MemoryMonitor/GetStatus"}) {
    EXPECT_FALSE(Method::Find(path).has_value()) << path;
  }
}

TEST(Json, BecomesARequest) {
  auto bytes =
      Find("ListEvents")
          .RequestFromJson(R"({"pageSize":7,"filter":{"pids":[5],"min_length_bytes":"4096"}})");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  v1::ListEventsRequest request;
  ASSERT_TRUE(request.ParseFromString(*bytes));
  EXPECT_EQ(request.page_size(), 7);
  EXPECT_EQ(request.filter().pids(0), 5u);
  EXPECT_EQ(request.filter().min_length_bytes(), 4096u);
  EXPECT_EQ(Find("ListEvents").RequestFromJson("").value(), "");
  EXPECT_EQ(Find("ListEvents").RequestFromJson(" \r\n").value(), "");
}

TEST(Json, ThatIsNoRequestIsRefusedWithWhatIsWrong) {
  auto error = [](const std::string& json) {
    auto bytes = Find("ListEvents").RequestFromJson(json);
    EXPECT_EQ(bytes.status().code(), absl::StatusCode::kInvalidArgument) << json;
    return std::string(bytes.status().message());
  };
  EXPECT_TRUE(Has(error(R"({"pagesize":7})"), "pagesize")) << error(R"({"pagesize":7})");
  EXPECT_TRUE(Has(error(R"({"pageSize":"many"})"), "many"));
  EXPECT_TRUE(Has(error("{"), "memmon.v1.ListEventsRequest"));
  error("[]");
  error("{} {}");
  error(std::string(100'000, '['));
  error("\xff\xfe");
}

TEST(Json, OfAResponseIsItsFields) {
  v1::GetStatusResponse response;
  response.mutable_service()->set_version("1.2");
  auto json = Find("GetStatus").ResponseToJson(response.SerializeAsString());
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ(*json, R"({"service":{"version":"1.2"}})");
  EXPECT_EQ(Find("GetStatus").ResponseToJson("\xff").status().code(), absl::StatusCode::kInternal);
}

TEST(Json, OfAnErrorHasItsDetails) {
  const grpc::Status status = InvalidField("filter.tgids", "no \"more\"");
  const std::string json =
      ErrorToJson("invalid_argument", status.error_message(), status.error_details());
  EXPECT_TRUE(Has(json, R"({"code":"invalid_argument","message":"filter.tgids: no \"more\"",)"))
      << json;
  EXPECT_TRUE(Has(json, R"("details":[{"type":"google.rpc.BadRequest","value":")")) << json;
  EXPECT_TRUE(Has(json, R"("debug":{"fieldViolations":[{"field":"filter.tgids")")) << json;
  EXPECT_FALSE(Has(json, "=")) << json;
  EXPECT_EQ(ErrorToJson("internal", "", ""), R"({"code":"internal"})");
  EXPECT_EQ(ErrorToJson("internal", "a\nb\xff", "\xff"), R"({"code":"internal","message":"a?b?"})");
}

}  // namespace
}  // namespace memmon::api
