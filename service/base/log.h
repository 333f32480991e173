// SPDX-License-Identifier: Apache-2.0
//
// One line a fact, on stderr, as key=value pairs (logfmt):
//
//   time=2026-01-02T03:04:05.678Z level=info event=listening address=127.0.0.1:8080
//
// Thread safety: any thread; a line is one write.

#ifndef MEMMON_BASE_LOG_H_
#define MEMMON_BASE_LOG_H_

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace memmon::base {

enum class LogLevel { kInfo, kWarning, kError };

using LogField = std::pair<std::string_view, std::string>;

// `value` as it stands in a line: quoted where it has to be.
inline std::string LogValue(std::string_view value) {
  bool plain = !value.empty();
  for (unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) plain = false;
  }
  if (plain) return std::string(value);
  std::string quoted = "\"";
  for (unsigned char c : value) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += static_cast<char>(c);
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c < ' ' || c == 0x7f) {
      quoted += '?';
    } else {
      quoted += static_cast<char>(c);
    }
  }
  return quoted + '"';
}

inline void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char time[40];
  size_t length = strftime(time, sizeof(time), "time=%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(time + length, sizeof(time) - length, ".%03ldZ", now.tv_nsec / 1'000'000);
  std::string line = time;
  line += level == LogLevel::kInfo      ? " level=info event="
          : level == LogLevel::kWarning ? " level=warning event="
                                        : " level=error event=";
  line += event;
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    line += LogValue(value);
  }
  line += '\n';
  // A log that cannot be written has nobody to be told.
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

inline void LogInfo(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void LogWarning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void LogError(std::string_view event, std::initializer_list<LogField> fields = {}) {
  Log(LogLevel::kError, event, fields);
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_LOG_H_
