// SPDX-License-Identifier: Apache-2.0
//
// The processes and address spaces of one capture, and what each event does to
// them. The rules are in process_table.h; this is their bookkeeping, without
// a lock.
//
// Cost: a hash look-up and a handful of comparisons an event; O(1) a loss. What an event needs
// is asked of the memory while those before it are applied.
//
// Not thread-safe.

#ifndef MEMMON_PROCESSES_TRACKER_H_
#define MEMMON_PROCESSES_TRACKER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "model/batch.h"
#include "model/process.h"
#include "model/process_calls.h"
#include "processes/list.h"
#include "processes/loss_times.h"
#include "processes/removed.h"
#include "processes/spaces.h"
#include "processes/tracked.h"

namespace memmon::processes {

class Tracker {
 public:
  // Processes that have calls in memory until their EXEC comes (processes/held.h). The
  // one that has waited longest gives up: its EXEC was lost.
  static constexpr size_t kMaxAwaiting = 512;

  Tracker(const model::Capture& capture, uint64_t keep_ended_ns, size_t max_ended,
          size_t max_living = SIZE_MAX);

  // What is changed from now on is changed at `revision`, which only grows.
  void BeginRevision(uint64_t revision) { revision_ = revision; }

  void Apply(std::span<const model::Event> events);
  // Forgets ended processes that are too old or too many.
  void Prune();

  Tracked* Find(const model::ProcessKey& key) const;
  Tracked* FindLiving(uint32_t tgid) const;
  void Mark(Tracked* tracked);
  model::Process View(const Tracked& tracked) const;
  model::ProcessCalls CallsOf(const Tracked& tracked) const;

  // Everything, or what changed after `revision`; whether that is known.
  bool Collect(uint64_t revision, model::ProcessChanges* changes) const;
  void CollectAll(model::ProcessChanges* changes) const;
  std::vector<model::ProcessKey> LivingKeys() const;

  std::vector<model::ProcessKey> TakeUnresolved(size_t max);
  size_t unresolved_count() const { return unresolved_.size(); }
  size_t space_count() const { return spaces_.size(); }
  size_t awaiting_count() const { return awaiting_.size(); }
  const model::HostTotals& totals() const { return totals_; }

 private:
  // `known`: what LookAhead found.
  void Apply(const model::Event& event, Tracked* known);
  Tracked* LookAhead(const model::Event& event) const;
  Tracked* FindOrCreate(const model::Event& event);
  Tracked* Create(const model::Event& event);
  void Touch(Tracked* tracked, const model::Event& event);
  void Count(Tracked* tracked, const model::Event& event);
  bool EnterAddressSpace(Tracked* tracked, const model::Event& event, bool awaits_exec);
  void ApplyTotal(Tracked* tracked, const model::Event& event);
  void Attach(Tracked* tracked, TrackedSpace* space);
  void Detach(Tracked* tracked);
  void MarkUsers(TrackedSpace* space);
  void Await(Tracked* tracked);

  void OnLost(const model::Event& event);
  void OnResync(Tracked* tracked, const model::Event& event);
  void OnResyncEnd(const model::Event& event);
  void OnFork(Tracked* tracked, const model::Event& event);
  void OnExec(Tracked* tracked, const model::Event& event);
  void OnMmExit(const model::Event& event);
  void OnCall(Tracked* tracked, const model::Event& event);
  void OnRefused(Tracked* tracked, const model::Event& event);
  void End(Tracked* tracked, uint64_t time_ns);
  void Forget(Tracked* tracked);

  const uint64_t page_mask_;
  const uint64_t keep_ended_ns_;
  const size_t max_ended_;
  const size_t max_living_;

  uint64_t revision_ = 0;
  uint64_t now_ns_ = 0;  // youngest record
  LossTimes losses_;
  uint64_t loss_until_ns_ = 0;
  uint64_t loss_revision_ = 0;     // when that, or what is settled of it, last changed
  uint64_t settled_until_ns_ = 0;  // losses until then make no size wrong any more
  uint64_t all_told_ns_ = 0;       // a process without a younger record has ended
  model::HostTotals totals_;

  absl::flat_hash_map<model::ProcessKey, std::unique_ptr<Tracked>> processes_;
  absl::flat_hash_map<uint32_t, Tracked*> living_;  // by tgid
  Spaces spaces_;

  List<Tracked, &Tracked::in_changed> changed_;  // oldest change first
  List<Tracked, &Tracked::in_ended> ended_;
  List<Tracked, &Tracked::in_unresolved> unresolved_;
  List<Tracked, &Tracked::in_awaiting> awaiting_;
  Removed removed_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_TRACKER_H_
