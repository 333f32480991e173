// SPDX-License-Identifier: Apache-2.0
//
// The processes and address spaces of one capture, and what each event does to
// them. The rules are in process_table.h; this is their bookkeeping, without
// a lock.
//
// Cost: a handful of comparisons an event while a process or a few take turns,
// a hash look-up where that fails; O(1) a loss.
//
// Not thread-safe.

#ifndef MEMMON_PROCESSES_TRACKER_H_
#define MEMMON_PROCESSES_TRACKER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "model/batch.h"
#include "model/process.h"
#include "model/process_calls.h"
#include "processes/call_counts.h"
#include "processes/held.h"
#include "processes/list.h"
#include "processes/loss_times.h"
#include "processes/size_changes.h"

namespace memmon::processes {

struct AddressSpace;

struct Tracked {
  // All but what View fills in.
  model::Process process;
  std::array<char, 16> comm{};  // process.name, quickly compared
  Held held;
  CallCounts calls;
  SizeChanges size_changes;
  uint64_t last_record_ns = 0;  // youngest; names and ids are as of it
  uint64_t last_exec_ns = 0;
  uint64_t changed = 0;        // revision
  uint64_t losses_before = 0;  // losses that are none of its own

  uint64_t mm_id = 0;            // 0: none seen yet
  uint64_t mm_since_ns = 0;      // first record of it in this process
  AddressSpace* mm = nullptr;    // null once it is gone, or the process ended
  uint64_t last_ticket = 0;      // of the size below
  uint64_t last_size_bytes = 0;  // while mm is null
  bool size_is_guess = false;

  Link<Tracked> in_changed;
  Link<Tracked> in_ended;
  Link<Tracked> in_unresolved;
  Link<Tracked> in_users;
  Link<Tracked> in_awaiting;

  bool living() const { return process.end_ns == 0; }
};

struct AddressSpace {
  uint64_t id = 0;
  bool known = false;  // any total was seen
  uint64_t ticket = 0;
  uint64_t size_bytes = 0;
  uint64_t last_ns = 0;  // youngest total
  bool gone = false;
  uint64_t gone_ticket = 0;  // of its last MM_EXIT: older records came late
  uint64_t changed = 0;      // revision at which the users were last marked
  List<Tracked, &Tracked::in_users> users;
};

class Tracker {
 public:
  // Forgotten processes that are remembered: for clients who are to be told,
  // and so that late records do not bring them back.
  static constexpr size_t kMaxRemoved = 65'536;
  // Address spaces without a process that are remembered, for late records.
  static constexpr size_t kMaxUnused = 16'384;

  // Processes that have calls in memory until their EXEC comes (processes/held.h). The
  // one that has waited longest gives up: its EXEC was lost.
  static constexpr size_t kMaxAwaiting = 512;

  Tracker(const model::Capture& capture, uint64_t keep_ended_ns, size_t max_ended,
          size_t max_living = SIZE_MAX);

  // What is changed from now on is changed at `revision`, which only grows.
  void BeginRevision(uint64_t revision) { revision_ = revision; }

  void Apply(const model::Event& event);
  // Forgets ended processes that are too old or too many.
  void Prune();

  Tracked* Find(const model::ProcessKey& key);
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
  struct Removed {
    uint64_t revision = 0;
    model::ProcessKey key;
  };

  Tracked* FindOrCreate(const model::Event& event);
  Tracked* Create(const model::Event& event);
  void Touch(Tracked* tracked, const model::Event& event);
  void Count(Tracked* tracked, const model::Event& event);
  bool EnterAddressSpace(Tracked* tracked, const model::Event& event, bool awaits_exec);
  AddressSpace* Space(uint64_t id);
  void ApplyTotal(Tracked* tracked, const model::Event& event);
  void Attach(Tracked* tracked, AddressSpace* space);
  void Detach(Tracked* tracked);
  void MarkUsers(AddressSpace* space);
  void Await(Tracked* tracked);

  void OnLost(const model::Event& event);
  void OnResync(Tracked* tracked, const model::Event& event);
  void OnResyncEnd(const model::Event& event);
  void OnFork(Tracked* tracked, const model::Event& event);
  void OnExec(Tracked* tracked, const model::Event& event);
  void OnMmExit(const model::Event& event);
  void OnCall(Tracked* tracked, const model::Event& event);
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
  std::array<Tracked*, 256> recent_{};              // by tgid, modulo
  absl::flat_hash_map<uint64_t, std::unique_ptr<AddressSpace>> spaces_;
  std::deque<uint64_t> unused_;  // ids; some may be in use again

  List<Tracked, &Tracked::in_changed> changed_;  // oldest change first
  List<Tracked, &Tracked::in_ended> ended_;
  List<Tracked, &Tracked::in_unresolved> unresolved_;
  List<Tracked, &Tracked::in_awaiting> awaiting_;
  std::deque<Removed> removed_;
  absl::flat_hash_set<model::ProcessKey> removed_keys_;
  uint64_t removed_forgotten_ = 0;  // removals up to this revision are not known any more
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_TRACKER_H_
