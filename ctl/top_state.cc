// SPDX-License-Identifier: Apache-2.0

#include "ctl/top_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace memmon::ctl {
namespace {

// Asked for at first; twice as many when the last of them is reached.
constexpr uint32_t kFirstLimit = 200;
// The API's limit of a name.
constexpr size_t kLongestFilter = 62;

// The columns that can be sorted by, from left to right.
constexpr v1::ProcessOrder kOrders[] = {
    v1::PROCESS_ORDER_PID,
    v1::PROCESS_ORDER_NAME,
    v1::PROCESS_ORDER_HELD_BYTES,
    v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES,
    v1::PROCESS_ORDER_REQUESTED_BYTES,
    v1::PROCESS_ORDER_MMAP_COUNT,
};

}  // namespace

TopState::TopState(const v1::StreamProcessesRequest& request)
    : asked_(request),
      order_(request.order() == v1::PROCESS_ORDER_UNSPECIFIED ? v1::PROCESS_ORDER_HELD_BYTES
                                                              : request.order()),
      limit_(kFirstLimit) {}

v1::StreamProcessesRequest TopState::request() const {
  v1::StreamProcessesRequest request = asked_;
  request.set_order(order_);
  // The first of the reversed order are the last of the API's: all are needed.
  request.set_limit(reverse_ ? 0 : limit_);
  uint32_t pid = 0;
  if (filter_.empty()) return request;
  if (absl::SimpleAtoi(filter_, &pid)) {
    request.mutable_filter()->clear_pids();
    request.mutable_filter()->add_pids(pid);
  } else {
    const bool pattern = filter_.find_first_of("*?") != std::string::npos;
    request.mutable_filter()->clear_process_names();
    request.mutable_filter()->add_process_names(pattern ? filter_
                                                        : absl::StrCat("*", filter_, "*"));
  }
  return request;
}

TopState::Effect TopState::Take(ProcessView view) {
  if (paused_) return Effect::kNone;
  // The line stays on its process.
  std::optional<std::pair<uint32_t, uint64_t>> chosen;
  if (selected_ > 0 && selected_ < view_.rows.size()) {
    const v1::Process& process = view_.rows[selected_].process;
    chosen = {process.pid(), process.start_ns()};
  }
  view_ = std::move(view);
  Arrange();
  if (chosen) {
    for (size_t i = 0; i < view_.rows.size(); ++i) {
      const v1::Process& process = view_.rows[i].process;
      if (process.pid() == chosen->first && process.start_ns() == chosen->second) selected_ = i;
    }
  }
  Move(0);
  return Effect::kNone;
}

void TopState::Arrange() {
  Sort(order_, reverse_, &view_.rows);
  if (!reverse_ && view_.rows.size() > limit_) view_.rows.resize(limit_);
}

TopState::Effect TopState::Press(const KeyPress& key, size_t page) {
  if (key.code == KeyCode::kNone || key.code == KeyCode::kResize) return Effect::kNone;
  if (key.code == KeyCode::kQuit) return Effect::kQuit;
  if (help_) {
    // Any key leaves it; q too, as in less.
    help_ = false;
    return Effect::kNone;
  }
  if (draft_) return Type(key);
  const long step = static_cast<long>(std::max<size_t>(1, page));
  switch (key.code) {
    case KeyCode::kCharacter:
      return Choose(key.character);
    case KeyCode::kUp:
      Move(-1);
      break;
    case KeyCode::kDown:
      Move(1);
      break;
    case KeyCode::kPageUp:
      Move(-step);
      break;
    case KeyCode::kPageDown:
      Move(step);
      break;
    case KeyCode::kHome:
      selected_ = 0;
      break;
    case KeyCode::kEnd:
      Move(static_cast<long>(view_.rows.size()));
      break;
    case KeyCode::kHelp:
      help_ = true;
      break;
    case KeyCode::kEscape:
      if (!filter_.empty()) {
        filter_.clear();
        return Effect::kAsk;
      }
      break;
    default:
      break;
  }
  // The last one that was asked for: there may be more.
  if (!reverse_ && selected_ + 1 == limit_) {
    limit_ *= 2;
    return Effect::kAsk;
  }
  return Effect::kNone;
}

TopState::Effect TopState::Choose(char32_t character) {
  switch (character) {
    case 'q':
    case 'Q':
      return Effect::kQuit;
    case 'j':
      return Press({KeyCode::kDown}, 0);
    case 'k':
      return Press({KeyCode::kUp}, 0);
    case 'g':
      return Press({KeyCode::kHome}, 0);
    case 'G':
      return Press({KeyCode::kEnd}, 0);
    case 's':
    case '>':
    case '.':
      return Order(1);
    case '<':
    case ',':
      return Order(-1);
    case 'r':
    case 'R':
    case 'I':
      reverse_ = !reverse_;
      Arrange();
      selected_ = 0;
      return Effect::kAsk;
    case '/':
    case '\\':
      draft_ = filter_;
      return Effect::kNone;
    case 'p':
    case ' ':
      paused_ = !paused_;
      return Effect::kNone;
    case 'h':
    case '?':
      help_ = true;
      return Effect::kNone;
    default:
      return Effect::kNone;
  }
}

TopState::Effect TopState::Order(int step) {
  const auto* at = std::find(std::begin(kOrders), std::end(kOrders), order_);
  const auto count = static_cast<int>(std::size(kOrders));
  const int next = (static_cast<int>(at - std::begin(kOrders)) + step + count) % count;
  order_ = kOrders[next];
  Arrange();
  selected_ = 0;
  return Effect::kAsk;
}

TopState::Effect TopState::Type(const KeyPress& key) {
  switch (key.code) {
    case KeyCode::kCharacter:
      // Names are bytes to the API; more than ASCII needs no key here.
      if (key.character >= ' ' && key.character < 0x7f && draft_->size() < kLongestFilter) {
        draft_->push_back(static_cast<char>(key.character));
      }
      return Effect::kNone;
    case KeyCode::kBackspace:
      if (!draft_->empty()) draft_->pop_back();
      return Effect::kNone;
    case KeyCode::kEnter:
      filter_ = std::string(absl::StripAsciiWhitespace(*draft_));
      draft_.reset();
      selected_ = 0;
      // Whoever filters wants to see what comes of it.
      paused_ = false;
      return Effect::kAsk;
    case KeyCode::kEscape:
      draft_.reset();
      return Effect::kNone;
    default:
      return Effect::kNone;
  }
}

void TopState::Move(long step) {
  const long last = static_cast<long>(view_.rows.size()) - 1;
  selected_ =
      static_cast<size_t>(std::clamp(static_cast<long>(selected_) + step, 0L, std::max(0L, last)));
}

size_t TopState::FirstSeen(size_t page) {
  page = std::max<size_t>(1, page);
  if (selected_ < first_) first_ = selected_;
  if (selected_ >= first_ + page) first_ = selected_ - page + 1;
  // After growing there is no room left empty that could show something.
  const size_t count = view_.rows.size();
  if (first_ + page > count) first_ = count > page ? count - page : 0;
  return first_;
}

}  // namespace memmon::ctl
