// SPDX-License-Identifier: Apache-2.0
//
// The way of a resumed stream from its position to what is live: out of memory
// at once where it is there; else out of the database, page by page and capture
// by capture, until memory has what comes next. There the stream joins, under
// the lock under which batches enter memory: no event is missed, none comes twice.
//
// What the database does not have is waited for only while it may still come,
// which is when memmond has it and PostgreSQL is about to; nor is a database waited for
// that does not answer. Then the stream joins where memory begins, and what lies between
// is told as a gap.
//
// Not thread-safe.

#ifndef MEMMON_API_CATCH_UP_H_
#define MEMMON_API_CATCH_UP_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/backfill.h"
#include "api/scheduler.h"
#include "live/feed.h"
#include "model/position.h"
#include "store/backfill.h"
#include "store/stored_event.h"

namespace memmon::api {

// Longest time without anything new from the database while events that are not
// in memory any more wait to be stored. The spool may hold hours of them.
inline constexpr std::chrono::seconds kCatchUpPatience{5};
// Longest wait for a page while nobody is given one: longer than the few statements of one take of
// a database that answers (each PostgresStoreOptions::query_limit at most), or than the store needs
// to find that it stands still.
inline constexpr std::chrono::seconds kPagePatience{20};
inline constexpr std::chrono::milliseconds kCatchUpPause{100};

// What a gap says between two captures.
inline constexpr char kInterrupted[] = "the source was interrupted; another capture begins here";

class CatchUp {
 public:
  // What comes next in the stream.
  struct Part {
    // Why something may be missing before `events`; empty: their numbers tell.
    std::string gap;
    std::vector<store::StoredEvent> events;
    model::Position after;  // where the stream stands then
  };

  // `resumption` must outlive it. `max_events`: of a part. `containers`: of which
  // StoredEvent::in_containers tells.
  CatchUp(live::Resumption* resumption, std::unique_ptr<Backfill> backfill, size_t max_events,
          std::vector<std::string> containers = {});

  // What comes behind `position`: that of the token, then Part::after. Nothing once
  // the stream has joined, or while nothing is there yet: *again is lowered to
  // when to ask again, or the backfill's wake is called.
  std::optional<Part> Next(const model::Position& position, Clock::time_point now,
                           Clock::time_point* again);

  bool joined() const { return joined_; }
  // Why something may be missing where it joined; empty where nothing more is to
  // be had, and nothing is known to be missing.
  const std::string& reason() const { return reason_; }

 private:
  bool Join(const model::Position& position, bool even_late);
  void Ask(const model::Position& position);
  std::optional<Part> Look(const model::Position& position, BackfillAnswer answer,
                           Clock::time_point now, Clock::time_point* again);
  // Until patience is at its end: then it is to be asked again at *again.
  bool MayWait(Clock::time_point now, Clock::time_point* again);
  // Joins where that has lasted too long; else it is to be looked at again at *again.
  void GiveUpInTime(const model::Position& position, Clock::time_point now,
                    Clock::time_point* again);
  void JoinLate(const model::Position& position, std::string reason);

  live::Resumption* const resumption_;
  const std::unique_ptr<Backfill> backfill_;
  const size_t max_events_;
  const std::vector<std::string> containers_;
  std::shared_ptr<const model::Position> memory_;  // where it began when last seen
  bool asked_ = false;
  std::optional<Clock::time_point> wants_since_;  // a page, which it has not got
  store::SearchWindow window_ = store::kBackfillWindow;
  Clock::time_point ask_at_ = Clock::time_point::min();
  std::optional<Clock::time_point> waits_since_;  // for what is not stored yet
  bool joined_ = false;
  std::string reason_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_CATCH_UP_H_
