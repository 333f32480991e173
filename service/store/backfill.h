// SPDX-License-Identifier: Apache-2.0
//
// What is stored behind a position of a stream, page by page in the stream's
// own order: oldest first, each sub-stream by its numbers. Plain values.

#ifndef MEMMON_STORE_BACKFILL_H_
#define MEMMON_STORE_BACKFILL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/position.h"
#include "store/search_window.h"
#include "store/stored_event.h"

namespace memmon::store {

// From a millisecond to a day.
inline constexpr SearchWindow kBackfillWindow(1'000, 86'400'000'000);

struct BackfillQuery {
  model::Position from;  // the stream has all before it
  // Of the same capture: the stream has all behind it, too. Nothing: as far as
  // there is something.
  std::optional<model::Position> until{};
  size_t max_events = 10'000;  // 1 to 10,000
  // Exact, or with * and ?; of which StoredEvent::in_containers tells.
  std::vector<std::string> containers{};
  // How long a time to look at: the page before has the next one.
  SearchWindow window = kBackfillWindow;
};

struct BackfillPage {
  // Of the position's capture, any filter. Numbers of each sub-stream grow; of
  // two sub-streams the older event comes first.
  std::vector<StoredEvent> events;
  // Where the stream stands after them: the next query's `from`. Numbers before
  // it that no event has were never stored, or are not any more.
  model::Position after;
  SearchWindow window = kBackfillWindow;  // the next query's
  // Nothing else was stored when it was looked for, and `after` is behind all that
  // is known to be stored, left out or lost.
  bool at_end = false;
  // At the end alone: the capture stored after this one, of this boot or a later
  // one. Nothing where there is none, or where the boot is not known. What is
  // stored goes in the stream's order, so a capture that has one after it is
  // whole: nothing of it comes any more.
  std::optional<model::CaptureId> next;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_BACKFILL_H_
