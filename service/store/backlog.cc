// SPDX-License-Identifier: Apache-2.0

#include "store/backlog.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "store/cause.h"

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

// Most that a crash of the machine may take from the spool.
constexpr milliseconds kSyncEvery{1'000};
// Between tries to write to a disk that cannot be written.
constexpr milliseconds kDiskPause{1'000};

}  // namespace

Backlog::Backlog(const BacklogOptions& options, std::unique_ptr<store::Spool> spool)
    : options_(options),
      queue_(options.queue_events, options.queue_batches),
      spool_(std::move(spool)) {
  if (spool_ == nullptr) return;
  // What an earlier run left comes first.
  if (!spool_->empty()) queue_.StartDiverting();
  spooler_ = std::thread([this] { Run(); });
}

Backlog::~Backlog() {
  Close();
  if (spooler_.joinable()) spooler_.join();
}

Chunk Backlog::Next(milliseconds limit) {
  if (spool_ == nullptr) return queue_.Pop(options_.batching, limit);
  auto [chunk, run, after_gap] = spool_->Next(options_.batching.most);
  from_spool_ = !chunk.empty();
  if (!from_spool_) {
    queue_.Resume([this] { return spool_->empty(); });
    chunk = queue_.Pop(options_.batching, limit);
    run = spool_->run();
  }
  if (chunk.event_count > 0) {
    if (after_gap || run != source_run_ || chunk.epoch != source_epoch_) ++epoch_;
    source_run_ = run;
    source_epoch_ = std::exchange(chunk.epoch, epoch_);
  }
  const auto losses = spool_->ledger().losses();
  chunk.losses.insert(chunk.losses.end(), losses.begin(), losses.end());
  return chunk;
}

void Backlog::Done(const Chunk& chunk, uint64_t unstorable) {
  if (from_spool_) {
    spool_->Done(unstorable);
  } else if (queue_.Done(chunk, unstorable)) {
    spool_->Release();
  }
  if (spool_ == nullptr || chunk.losses.empty()) return;
  // Where it is not forgotten on disk, it is written once more, and is the same.
  if (auto status = spool_->ledger().Forget(chunk.losses); !status.ok()) {
    base::LogWarning("spool", {{"problem", std::string(status.message())}});
  }
}

void Backlog::DatabaseIsAway() {
  if (spool_ != nullptr) queue_.SetOverdue();
}

void Backlog::Run() {
  base::NameThisThread("memmon-spool");
  auto synced = std::chrono::steady_clock::now();
  bool dirty = false;
  while (!queue_.closed()) {
    const auto diverted = queue_.Divert(options_.batching, options_.overdue, kSyncEvery);
    absl::Status status;
    bool tried = !diverted.chunk.empty();
    if (tried) {
      status = Spool(diverted);
      dirty = true;
    }
    // What the reader found damaged, too.
    dirty = dirty || !spool_->ledger().saved();
    const auto now = std::chrono::steady_clock::now();
    if (status.ok() && dirty && now - synced >= kSyncEvery) {
      status = Sync();
      tried = true;
      synced = now;
      dirty = !status.ok();
    }
    // What cannot be done is no problem any more once it need not be done.
    const bool needed = dirty || queue_.diverting();
    if (tried || !needed) SetProblem(status);
  }
  if (dirty) SetProblem(Sync());
}

uint64_t Backlog::Flush(milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const uint64_t left = queue_.Flush(limit);
  if (left > 0 || spool_ == nullptr) return left;
  return spool_->ledger().WaitUntilSaved(deadline);
}

absl::Status Backlog::Sync() {
  absl::Status status = spool_->Sync();
  status.Update(spool_->ledger().Sync());
  return status;
}

absl::Status Backlog::Spool(const EventQueue::Diverted& diverted) {
  const Chunk& chunk = diverted.chunk;
  absl::Status status;
  if (chunk.event_count > 0) {
    status = diverted.insurance ? spool_->Insure(chunk) : spool_->Append(chunk);
  }
  if (!status.ok()) {
    SetProblem(status);
    queue_.PutBack(diverted);
    queue_.Pause(kDiskPause);
    return status;
  }
  // The ledger has them whether or not it can be written: to put back what the
  // spool has would be to have it twice.
  if (!chunk.losses.empty()) status = spool_->ledger().Add(chunk.losses);
  if (!diverted.insurance) {
    queue_.Spooled(chunk);
  } else if (!queue_.Insured()) {
    spool_->Release();  // it was stored meanwhile
  }
  return status;
}

void Backlog::SetProblem(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (problem_.message() == status.message()) return;
  problem_ = status;
  if (status.ok()) {
    base::LogInfo("spool", {{"state", "well again"}});
  } else {
    base::LogWarning("spool",
                     {{"state", "waits in memory"}, {"problem", std::string(status.message())}});
  }
}

model::HopCounters Backlog::counters() const {
  // From the end to the beginning: whatever moves meanwhile, no more has gone
  // out than came in.
  model::HopCounters all;
  const model::HopCounters spool = spool_counters().value_or(model::HopCounters{});
  const EventQueue::Counters memory = queue_.counters();
  all.name = "store";
  all.in = memory.in + (spool_ == nullptr ? 0 : spool_->inherited());
  all.out = memory.out + spool.out;
  all.dropped = memory.dropped + spool.dropped;
  all.waiting = all.in - all.out - all.dropped;
  all.capacity = queue_.capacity() + spool.capacity;
  return all;
}

std::optional<model::HopCounters> Backlog::spool_counters() const {
  if (spool_ == nullptr) return std::nullopt;
  return spool_->counters();
}

absl::Status Backlog::problem() const {
  {
    std::lock_guard lock(mutex_);
    if (!problem_.ok()) {
      return Because(
          absl::IsResourceExhausted(problem_) ? Cause::kSpoolFull : Cause::kSpoolUnwritable,
          absl::Status(problem_.code(), absl::StrCat(std::string(problem_.message()),
                                                     ". Events wait in memory meanwhile")));
    }
  }
  if (spool_ == nullptr || !spool_->full()) return absl::OkStatus();
  return Because(Cause::kSpoolFull, absl::ResourceExhaustedError(
                                        "it is full, and events are lost; start memmond with a "
                                        "larger --spool-bytes"));
}

}  // namespace memmon::store
