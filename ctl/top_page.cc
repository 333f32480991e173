// SPDX-License-Identifier: Apache-2.0

#include "ctl/top_page.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ctl/absl_view.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

struct Column {
  Key title;
  size_t width;
  bool right;
  // What is left out first where there is no room has the highest.
  int rank;
  v1::ProcessOrder order;  // UNSPECIFIED: cannot be sorted by
  std::function<std::string(const ProcessRow&)> text;
};

std::vector<Column> Columns(const PageOptions& options) {
  const bool plain = options.bytes;
  const bool utf8 = options.utf8;
  // A size in bytes takes up to 15 columns on x86-64.
  const size_t size_width = plain ? 15 : 10;
  const auto size = [plain](uint64_t bytes) {
    return plain ? absl::StrCat(bytes) : HumanBytes(bytes);
  };
  return {
      {Key::kColumnPid, 7, true, 0, v1::PROCESS_ORDER_PID,
       [](const ProcessRow& row) { return absl::StrCat(row.process.pid()); }},
      {Key::kColumnUser, 8, false, 5, v1::PROCESS_ORDER_UNSPECIFIED,
       [utf8](const ProcessRow& row) {
         return row.process.user_name().empty() ? absl::StrCat(row.process.uid())
                                                : Printable(row.process.user_name(), utf8);
       }},
      {Key::kColumnName, 15, false, 0, v1::PROCESS_ORDER_NAME,
       [utf8](const ProcessRow& row) { return Printable(row.process.name(), utf8); }},
      {Key::kColumnHeld, size_width, true, 1, v1::PROCESS_ORDER_HELD_BYTES,
       [size](const ProcessRow& row) { return size(row.process.held_bytes()); }},
      {Key::kColumnVirtual, size_width + 1, true, 2, v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES,
       [size](const ProcessRow& row) {
         return absl::StrCat(row.process.uncertain() ? "~" : "",
                             size(row.process.virtual_size_bytes()));
       }},
      {Key::kColumnResident, size_width, true, 6, v1::PROCESS_ORDER_UNSPECIFIED,
       [size](const ProcessRow& row) {
         return row.process.resident_bytes() > 0 ? size(row.process.resident_bytes()) : "-";
       }},
      {Key::kColumnRequested, size_width, true, 3, v1::PROCESS_ORDER_REQUESTED_BYTES,
       [size](const ProcessRow& row) { return size(row.process.requested_bytes()); }},
      {Key::kColumnMmaps, 7, true, 4, v1::PROCESS_ORDER_MMAP_COUNT,
       [](const ProcessRow& row) { return absl::StrCat(row.process.mmap_count()); }},
      {Key::kColumnCalls, 5, true, 3, v1::PROCESS_ORDER_UNSPECIFIED,
       [](const ProcessRow& row) {
         return absl::StrCat(static_cast<uint64_t>(std::llround(row.calls_per_second)));
       }},
      {Key::kColumnCommand, 20, false, 7, v1::PROCESS_ORDER_UNSPECIFIED,
       [utf8](const ProcessRow& row) { return Printable(row.process.command_line(), utf8); }},
  };
}

// Those there is room for, the one sorted by before others; the last of all takes what is
// left. The first is always there: who sees only that sees PIDs.
std::vector<Column> Fitting(std::vector<Column> columns, size_t width, v1::ProcessOrder order) {
  for (Column& column : columns) {
    if (column.order == order) column.rank = 0;
  }
  std::vector<size_t> by_rank(columns.size());
  std::iota(by_rank.begin(), by_rank.end(), 0);
  std::stable_sort(by_rank.begin(), by_rank.end(),
                   [&](size_t a, size_t b) { return columns[a].rank < columns[b].rank; });
  size_t taken = 0;
  std::vector<size_t> fitting;
  for (const size_t i : by_rank) {
    const size_t more = columns[i].width + (fitting.empty() ? 0 : 1);
    if (!fitting.empty() && taken + more > width) continue;
    taken += more;
    fitting.push_back(i);
  }
  std::sort(fitting.begin(), fitting.end());
  std::vector<Column> shown;
  shown.reserve(fitting.size());
  for (const size_t i : fitting) shown.push_back(std::move(columns[i]));
  if (shown.back().title == Key::kColumnCommand) shown.back().width += width - taken;
  return shown;
}

std::string Titles(const std::vector<Column>& columns, const TopState& state,
                   const Messages& messages) {
  std::string line;
  for (const Column& column : columns) {
    std::string title = messages(column.title);
    if (column.order == state.order()) absl::StrAppend(&title, state.reverse() ? "^" : "v");
    absl::StrAppend(&line, line.empty() ? "" : " ",
                    column.right ? FitRight(title, column.width) : FitLeft(title, column.width));
  }
  return line;
}

std::string RowText(const std::vector<Column>& columns, const ProcessRow& row) {
  std::string line;
  for (const Column& column : columns) {
    const std::string text = column.text(row);
    absl::StrAppend(&line, line.empty() ? "" : " ",
                    column.right ? FitRight(text, column.width) : FitLeft(text, column.width));
  }
  return line;
}

StyledLine Verdict(const TopState& state, const PageOptions& options, const Messages& messages) {
  const ProcessView& view = state.view();
  const std::string time = absl::FormatTime("%H:%M:%S", options.now, options.zone);
  if (!view.trouble.empty()) return {absl::StrCat(time, "  ", view.trouble), Style::kBad};
  const uint64_t lost = view.totals.lost_count();
  const std::string complete =
      lost == 0 ? messages(Key::kTopComplete) : messages(Key::kTopLost, GroupedCount(lost));
  return {absl::StrCat(
              time, "  ", complete, "  ",
              messages(Key::kTopEvents, GroupedCount(view.totals.event_count()),
                       GroupedCount(static_cast<uint64_t>(std::llround(view.events_per_second))))),
          lost == 0 ? Style::kGood : Style::kBad};
}

std::string Chosen(const TopState& state, const Messages& messages) {
  std::string text = messages(Key::kTopShown, GroupedCount(state.view().rows.size()));
  if (!state.filter().empty()) {
    absl::StrAppend(&text, "  ", messages(Key::kTopFilter, Printable(state.filter())));
  }
  if (state.paused()) absl::StrAppend(&text, "  ", messages(Key::kTopPaused));
  return text;
}

std::string Keys(const PageOptions& options, const Messages& messages) {
  const std::string all = messages(Key::kTopKeys);
  return Width(all) <= options.width ? all : messages(Key::kTopKeysShort);
}

}  // namespace

std::vector<StyledLine> TopPage(TopState* state, const PageOptions& options,
                                const Messages& messages) {
  std::vector<StyledLine> lines;
  if (state->help()) {
    for (const absl::string_view line :
         absl::StrSplit(AbslView(messages.Raw(Key::kTopHelp)), '\n')) {
      lines.push_back({std::string(line)});
    }
  } else {
    const std::vector<Column> columns = Fitting(Columns(options), options.width, state->order());
    lines.push_back(Verdict(*state, options, messages));
    lines.push_back({Chosen(*state, messages)});
    lines.push_back({Titles(columns, *state, messages), Style::kTitles});
    const size_t page = options.height > kFrameLines ? options.height - kFrameLines : 0;
    const size_t first = state->FirstSeen(page);
    const std::vector<ProcessRow>& rows = state->view().rows;
    for (size_t i = first; i < rows.size() && i < first + page; ++i) {
      lines.push_back(
          {RowText(columns, rows[i]), i == state->selected() ? Style::kSelected : Style::kPlain});
    }
    lines.resize(std::max(lines.size(), options.height > 0 ? options.height - 1 : 0));
    lines.push_back(state->draft() ? StyledLine{messages(Key::kTopPrompt, *state->draft())}
                                   : StyledLine{Keys(options, messages), Style::kFaint});
  }
  lines.resize(options.height);
  for (StyledLine& line : lines) line.text = FitLeft(line.text, options.width);
  return lines;
}

std::string BatchPage(const TopState& state, const PageOptions& options, const Messages& messages) {
  const std::vector<Column> columns = Columns(options);
  std::string page =
      absl::StrCat(Verdict(state, options, messages).text, "\n", Chosen(state, messages), "\n");
  const auto add = [&page](std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&page, line, "\n");
  };
  add(Titles(columns, state, messages));
  for (const ProcessRow& row : state.view().rows) add(RowText(columns, row));
  return page;
}

}  // namespace memmon::ctl
