// SPDX-License-Identifier: Apache-2.0

#include "web/memory_logs.h"

#include <gtest/gtest.h>

#include "fakes/event_builder.h"

namespace memmon::web {
namespace {

live::RecentEvent Request(model::EventKind kind, uint64_t bytes, const char* name) {
  live::RecentEvent recent;
  recent.event.kind = kind;
  recent.event.tgid = 42;
  recent.event.length_bytes = bytes;
  fakes::SetName(&recent.event, name);
  recent.unix_ns = 1'767'323'045'678'901'234;
  return recent;
}

TEST(MemoryLogs, HaveTheShapePeopleKnow) {
  live::RecentPage page;
  page.events = {Request(model::EventKind::kMmap, 1 << 20, "init"),
                 Request(model::EventKind::kMunmap, 512 << 10, "a\"\\\x01\xff")};
  page.total_memory_bytes = 100 << 20;
  EXPECT_EQ(RenderMemoryLogs(page),
            "[{\"pid\":42,\"process_name\":\"init\",\"call_type\":\"mmap\",\"memory_size\":1048576,"
            "\"memory_size_mb\":1.000000,\"memory_size_per\":1.000000,"
            "\"timestamp\":\"2026-01-02T03:04:05.678901Z\"},\n"
            "{\"pid\":42,\"process_name\":\"a\\\"\\\\??\",\"call_type\":\"munmap\","
            "\"memory_size\":524288,\"memory_size_mb\":0.500000,\"memory_size_per\":0.500000,"
            "\"timestamp\":\"2026-01-02T03:04:05.678901Z\"}]\n");
}

TEST(MemoryLogs, OfNothingAreAnEmptyList) { EXPECT_EQ(RenderMemoryLogs({}), "[]\n"); }

TEST(MemoryLogs, ArePaged) {
  auto request = ParsePageRequest({{"page", "3"}, {"page_size", "50"}});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->page, 3u);
  EXPECT_EQ(request->page_size, 50u);
  EXPECT_EQ(ParsePageRequest({})->page_size, 100u);
}

TEST(MemoryLogs, NameAParameterThatIsWrong) {
  for (auto [name, value] : {std::pair("page", "0"), std::pair("page", "x"), std::pair("page", ""),
                             std::pair("page", "-1"), std::pair("page", "99999999999999999999"),
                             std::pair("page_size", "1001"), std::pair("limit", "1")}) {
    auto request = ParsePageRequest({{name, value}});
    ASSERT_FALSE(request.ok()) << name << value;
    EXPECT_EQ(request.status().message().find(name), 0u) << request.status();
  }
}

}  // namespace
}  // namespace memmon::web
