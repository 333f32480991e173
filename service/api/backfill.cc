// SPDX-License-Identifier: Apache-2.0

#include "api/backfill.h"

#include <mutex>
#include <utility>

namespace memmon::api {

// What the thread that reads and the stream share.
struct Backfill::Slot {
  std::mutex mutex;
  bool wanted = true;                    // guarded by mutex
  std::optional<BackfillAnswer> answer;  // guarded by mutex
};

Backfill::Backfill(Backfills* backfills, std::function<void()> wake)
    : backfills_(backfills), wake_(std::move(wake)) {}

Backfill::~Backfill() { GiveBack(); }

void Backfill::GiveBack() {
  if (slot_ == nullptr) return;
  {
    const std::lock_guard lock(slot_->mutex);
    slot_->wanted = false;
  }
  slot_ = nullptr;
  --backfills_->pages_;
}

Clock::time_point Backfill::last_read() const { return backfills_->last_read_; }

bool Backfill::Ask(const store::BackfillQuery& query) {
  GiveBack();
  if (++backfills_->pages_ > Backfills::kMaxPages) {
    --backfills_->pages_;
    return false;
  }
  slot_ = std::make_shared<Slot>();
  const bool accepted =
      backfills_->workers_.Post([slot = slot_, backfills = backfills_, query, wake = wake_] {
        {
          const std::lock_guard lock(slot->mutex);
          if (!slot->wanted) return;
        }
        // Looked at first: what comes to wait meanwhile is no older than the page.
        const bool nothing_waits = backfills->store_->status().counters.waiting == 0;
        absl::StatusOr<store::BackfillPage> page = backfills->store_->Backfill(query);
        if (page.ok()) backfills->last_read_ = Clock::now();
        {
          const std::lock_guard lock(slot->mutex);
          slot->answer.emplace(BackfillAnswer{std::move(page), nothing_waits});
        }
        wake();
      });
  if (!accepted) GiveBack();
  return accepted;
}

std::optional<BackfillAnswer> Backfill::Take() {
  if (slot_ == nullptr) return std::nullopt;
  std::optional<BackfillAnswer> answer;
  {
    const std::lock_guard lock(slot_->mutex);
    answer = std::exchange(slot_->answer, std::nullopt);
  }
  if (answer) GiveBack();
  return answer;
}

Backfills::Backfills(store::Store* store) : store_(store), workers_(1, kMaxWaiting) {}

std::unique_ptr<Backfill> Backfills::Open(std::function<void()> wake) {
  return std::unique_ptr<Backfill>(new Backfill(this, std::move(wake)));
}

}  // namespace memmon::api
