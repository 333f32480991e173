// SPDX-License-Identifier: Apache-2.0

#include "web/memory_logs.h"

#include <charconv>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"

namespace memmon::web {
namespace {

constexpr size_t kMaxPageSize = 1'000;
constexpr size_t kMaxPage = 1'000'000;

absl::Status ReadNumber(const std::map<std::string, std::string>& query, const char* name,
                        size_t max, size_t* number) {
  auto found = query.find(name);
  if (found == query.end()) return absl::OkStatus();
  const std::string& text = found->second;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  if (error != std::errc() || end != text.data() + text.size() || *number < 1 || *number > max) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": must be a number from 1 to ", max));
  }
  return absl::OkStatus();
}

// Control characters are gone already: base::ToValidUtf8 replaces them.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string Rfc3339(int64_t unix_ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  time_t seconds = unix_ns / kSecond;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[48];
  size_t length = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(text + length, sizeof(text) - length, ".%06ldZ",
           static_cast<long>(unix_ns % kSecond / 1'000));
  return text;
}

std::string Decimal(double value) {
  char text[48];
  snprintf(text, sizeof(text), "%.6f", value);
  return text;
}

}  // namespace

absl::StatusOr<PageRequest> ParsePageRequest(const std::map<std::string, std::string>& query) {
  for (const auto& [name, value] : query) {
    if (name != "page" && name != "page_size") {
      return absl::InvalidArgumentError(
          absl::StrCat(base::ToValidUtf8(name), ": unknown; known are page and page_size"));
    }
  }
  PageRequest request;
  absl::Status read = ReadNumber(query, "page", kMaxPage, &request.page);
  if (!read.ok()) return read;
  read = ReadNumber(query, "page_size", kMaxPageSize, &request.page_size);
  if (!read.ok()) return read;
  return request;
}

std::string RenderMemoryLogs(const live::RecentPage& page) {
  std::string json = "[";
  for (const live::RecentEvent& recent : page.events) {
    const model::Event& event = recent.event;
    auto bytes = static_cast<double>(event.length_bytes);
    double percent = page.total_memory_bytes == 0
                         ? 0
                         : 100 * bytes / static_cast<double>(page.total_memory_bytes);
    absl::StrAppend(
        &json, json.size() > 1 ? ",\n" : "", "{\"pid\":", event.tgid,
        ",\"process_name\":", Quoted(base::ToValidUtf8(event.name())),
        ",\"call_type\":", event.kind == model::EventKind::kMmap ? "\"mmap\"" : "\"munmap\"",
        ",\"memory_size\":", event.length_bytes, ",\"memory_size_mb\":", Decimal(bytes / (1 << 20)),
        ",\"memory_size_per\":", Decimal(percent));
    absl::StrAppend(&json, ",\"timestamp\":\"", Rfc3339(recent.unix_ns), "\"}");
  }
  return json + "]\n";
}

}  // namespace memmon::web
