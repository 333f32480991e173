// SPDX-License-Identifier: Apache-2.0

#include "ctl/event_text.h"

#include <sys/wait.h>

#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ctl/absl_view.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

constexpr std::string_view kKindPrefix = "EVENT_KIND_";
constexpr size_t kKindWidth = 10;
constexpr size_t kPidWidth = 7;
constexpr size_t kNameWidth = 15;
constexpr size_t kSizeWidth = 10;

bool HasAddress(v1::EventKind kind) {
  return kind == v1::EVENT_KIND_MMAP || kind == v1::EVENT_KIND_MREMAP || kind == v1::EVENT_KIND_BRK;
}

// Calls that ask for memory or give it back, with a length of their own.
bool HasLength(v1::EventKind kind) {
  return kind == v1::EVENT_KIND_MMAP || kind == v1::EVENT_KIND_MUNMAP ||
         kind == v1::EVENT_KIND_MREMAP || kind == v1::EVENT_KIND_SPECIAL;
}

std::string Size(uint64_t bytes, bool plain) {
  return plain ? absl::StrCat(bytes) : HumanBytes(bytes);
}

std::string TimeText(absl::Time time, const EventLineOptions& options) {
  return options.date ? PreciseDateTime(time, options.zone) : PreciseTime(time, options.zone);
}

}  // namespace

std::string ErrnoName(int64_t result) {
  const char* name = strerrorname_np(static_cast<int>(-result));
  return name != nullptr ? name : absl::StrCat("errno ", -result);
}

std::string KindName(v1::EventKind kind) {
  std::string name = v1::EventKind_Name(kind);
  // Of a memmond younger than this program.
  if (name.empty()) return absl::StrCat("kind ", static_cast<int>(kind));
  return absl::AsciiStrToLower(absl::StripPrefix(name, AbslView(kKindPrefix)));
}

std::optional<v1::EventKind> ParseKind(std::string_view name) {
  v1::EventKind kind;
  if (!v1::EventKind_Parse(
          absl::StrCat(AbslView(kKindPrefix), absl::AsciiStrToUpper(AbslView(name))), &kind) ||
      kind == v1::EVENT_KIND_UNSPECIFIED) {
    return std::nullopt;
  }
  return kind;
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  const auto* descriptor = v1::EventKind_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto kind = static_cast<v1::EventKind>(descriptor->value(i)->number());
    if (kind != v1::EVENT_KIND_UNSPECIFIED) names.push_back(KindName(kind));
  }
  return names;
}

bool HidesResult(const v1::Event& event) {
  return event.details_hidden() && HasAddress(event.kind()) && event.result() == 0;
}

std::string ResultText(const v1::Event& event, const Messages& messages) {
  switch (event.kind()) {
    case v1::EVENT_KIND_FORK:
      return messages(Key::kForkedBy, event.result());
    case v1::EVENT_KIND_EXIT: {
      const int status = static_cast<int>(event.result());
      return WIFSIGNALED(status) ? messages(Key::kKilledBy, WTERMSIG(status))
                                 : messages(Key::kExited, WEXITSTATUS(status));
    }
    default:
      break;
  }
  if (event.result() < 0) return ErrnoName(event.result());
  if (HidesResult(event)) return "ok";
  if (HasAddress(event.kind())) return absl::StrCat("0x", absl::Hex(event.result()));
  return HasLength(event.kind()) ? "ok" : "";
}

std::string EventTitles(const EventLineOptions& options, const Messages& messages) {
  const size_t time_width = TimeText(absl::UnixEpoch(), options).size();
  return absl::StrCat(FitLeft(messages(Key::kColumnTime), time_width), "  ",
                      FitLeft(messages(Key::kColumnKind), kKindWidth), "  ",
                      FitRight(messages(Key::kColumnPid), kPidWidth), "  ",
                      FitLeft(messages(Key::kColumnName), kNameWidth), "  ",
                      FitRight(messages(Key::kColumnLength), kSizeWidth), "  ",
                      FitRight(messages(Key::kColumnVirtual), kSizeWidth), "  ",
                      messages(Key::kColumnResult));
}

std::string EventLine(const v1::Event& event, const EventLineOptions& options,
                      const Messages& messages) {
  std::string line = absl::StrCat(TimeText(FromProto(event.event_time()), options), "  ",
                                  FitLeft(KindName(event.kind()), kKindWidth), "  ");
  if (event.kind() == v1::EVENT_KIND_LOST) {
    return absl::StrCat(line,
                        messages(Key::kLostHere, GroupedCount(event.lost_count()), event.cpu()));
  }
  // It speaks of sizes, not of a process.
  if (event.kind() == v1::EVENT_KIND_RESYNC_END) {
    return absl::StrCat(line, messages(Key::kRightAgain));
  }
  absl::StrAppend(&line, FitRight(absl::StrCat(event.pid()), kPidWidth), "  ",
                  FitLeft(Printable(event.process_name(), options.utf8), kNameWidth), "  ");
  // Longer numbers move what follows; none is cut.
  const std::string length =
      HasLength(event.kind()) ? Size(event.length_bytes(), options.bytes) : "";
  const std::string total = Size(event.virtual_size_bytes(), options.bytes);
  absl::StrAppend(&line, FitRight(length, std::max(kSizeWidth, Width(length))), "  ",
                  FitRight(total, std::max(kSizeWidth, Width(total))));
  const std::string result = ResultText(event, messages);
  if (!result.empty()) absl::StrAppend(&line, "  ", result);
  return line;
}

std::string GapLine(const v1::Gap& gap, const Messages& messages) {
  const std::string reason = Printable(gap.reason());
  return gap.event_count() > 0 ? messages(Key::kGap, GroupedCount(gap.event_count()), reason)
                               : messages(Key::kGapUnknown, reason);
}

}  // namespace memmon::ctl
