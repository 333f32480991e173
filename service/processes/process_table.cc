// SPDX-License-Identifier: Apache-2.0

#include "processes/process_table.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "processes/tracker.h"

namespace memmon::processes {

struct ProcessTable::State {
  explicit State(ProcessTableOptions table_options) : options(table_options) {}

  const ProcessTableOptions options;
  std::atomic<bool> has_unresolved = false;

  mutable std::mutex mutex;
  uint64_t epoch = 1;  // 0 is "never looked"
  uint64_t revision = 0;
  std::shared_ptr<const model::Capture> capture;
  std::unique_ptr<Tracker> tracker;  // null before the first capture
  bool resident_known = false;
  std::condition_variable resident_set;

  std::mutex look_mutex;
  std::function<void()> look;

  // Needs mutex, and a tracker.
  void BeginRevision() { tracker->BeginRevision(++revision); }

  void SetText(const model::ProcessKey& key, std::string Tracked::*field, std::string_view text) {
    const std::lock_guard lock(mutex);
    Tracked* tracked = tracker == nullptr ? nullptr : tracker->Find(key);
    if (tracked == nullptr || tracked->*field == text) return;
    BeginRevision();
    tracked->*field = text;
    tracker->Mark(tracked);
  }
};

ProcessTable::ProcessTable(ProcessTableOptions options)
    : state_(std::make_unique<State>(options)) {}

ProcessTable::~ProcessTable() = default;

void ProcessTable::Take(const model::SharedBatch& batch) {
  // Freed after the lock: there may be thousands of processes in it.
  std::unique_ptr<Tracker> old;
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (batch->capture != state.capture) {
    state.capture = batch->capture;
    old = std::move(state.tracker);
    state.tracker = std::make_unique<Tracker>(*batch->capture, state.options.keep_ended_ns,
                                              state.options.max_ended, state.options.max_living);
    if (old != nullptr) ++state.epoch;
    state.revision = 0;
  }
  state.BeginRevision();
  state.tracker->Apply(batch->events);
  state.tracker->Prune();
  state.has_unresolved.store(state.tracker->unresolved_count() != 0);
}

model::ProcessChanges ProcessTable::ChangesSince(uint64_t epoch, uint64_t revision) const {
  {
    const std::lock_guard lock(state_->look_mutex);
    if (state_->look) state_->look();
  }
  const State& state = *state_;
  const std::lock_guard lock(state.mutex);
  model::ProcessChanges changes;
  changes.epoch = state.epoch;
  changes.revision = state.revision;
  changes.snapshot = epoch != state.epoch || revision > state.revision;
  if (state.tracker == nullptr) return changes;
  changes.totals = state.tracker->totals();
  if (!changes.snapshot) changes.snapshot = !state.tracker->Collect(revision, &changes);
  if (changes.snapshot) state.tracker->CollectAll(&changes);
  return changes;
}

std::vector<model::Process> ProcessTable::Get(const std::vector<model::ProcessKey>& keys) const {
  std::vector<model::Process> processes;
  const std::lock_guard lock(state_->mutex);
  if (state_->tracker == nullptr) return processes;
  for (const model::ProcessKey& key : keys) {
    const Tracked* tracked = state_->tracker->Find(key);
    if (tracked != nullptr) processes.push_back(state_->tracker->View(*tracked));
  }
  return processes;
}

std::optional<model::ProcessCalls> ProcessTable::CallsOf(const model::ProcessKey& key) const {
  const std::lock_guard lock(state_->mutex);
  if (state_->tracker == nullptr) return std::nullopt;
  const Tracked* tracked =
      key.start_ns == 0 ? state_->tracker->FindLiving(key.tgid) : state_->tracker->Find(key);
  if (tracked == nullptr) return std::nullopt;
  return state_->tracker->CallsOf(*tracked);
}

model::HostTotals ProcessTable::Totals() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tracker == nullptr ? model::HostTotals() : state_->tracker->totals();
}

void ProcessTable::SetCommandLine(const model::ProcessKey& key, std::string_view line) {
  state_->SetText(key, &Tracked::command_line, line);
}

void ProcessTable::SetContainer(const model::ProcessKey& key, std::string_view container) {
  state_->SetText(key, &Tracked::container, container);
}

void ProcessTable::SetUserName(const model::ProcessKey& key, std::string_view name) {
  state_->SetText(key, &Tracked::user_name, name);
}

void ProcessTable::SetParent(const model::ProcessKey& key, uint32_t parent_tgid) {
  const std::lock_guard lock(state_->mutex);
  Tracked* tracked = state_->tracker == nullptr ? nullptr : state_->tracker->Find(key);
  if (tracked == nullptr || tracked->parent_tgid == parent_tgid) return;
  state_->BeginRevision();
  tracked->parent_tgid = parent_tgid;
  state_->tracker->Mark(tracked);
}

void ProcessTable::SetResident(const absl::flat_hash_map<model::ProcessKey, uint64_t>& bytes) {
  const std::lock_guard lock(state_->mutex);
  // Also where nobody's may be read (hidepid): there is nothing to wait for.
  state_->resident_known = true;
  state_->resident_set.notify_all();
  if (state_->tracker == nullptr) return;
  state_->BeginRevision();
  for (const model::ProcessKey& key : state_->tracker->LivingKeys()) {
    const auto known = bytes.find(key);
    const uint64_t resident = known == bytes.end() ? 0 : known->second;
    Tracked* tracked = state_->tracker->Find(key);
    if (tracked->resident_bytes == resident) continue;
    tracked->resident_bytes = resident;
    state_->tracker->Mark(tracked);
  }
}

void ProcessTable::ForgetResident() {
  SetResident({});
  const std::lock_guard lock(state_->mutex);
  state_->resident_known = false;
}

bool ProcessTable::WaitForResident(std::chrono::milliseconds limit) const {
  {
    const std::lock_guard lock(state_->look_mutex);
    if (!state_->look) return false;
    state_->look();
  }
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  if (state.tracker == nullptr || state.tracker->LivingKeys().empty()) return false;
  return state.resident_set.wait_for(lock, limit, [&state] { return state.resident_known; });
}

std::vector<model::ProcessKey> ProcessTable::LivingKeys() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->tracker == nullptr) return {};
  return state_->tracker->LivingKeys();
}

void ProcessTable::OnLook(std::function<void()> look) {
  const std::lock_guard lock(state_->look_mutex);
  state_->look = std::move(look);
}

std::vector<model::ProcessKey> ProcessTable::TakeUnresolved(size_t max) {
  const std::lock_guard lock(state_->mutex);
  if (state_->tracker == nullptr) return {};
  auto keys = state_->tracker->TakeUnresolved(max);
  state_->has_unresolved.store(state_->tracker->unresolved_count() != 0);
  return keys;
}

bool ProcessTable::has_unresolved() const { return state_->has_unresolved.load(); }

}  // namespace memmon::processes
