// SPDX-License-Identifier: Apache-2.0

#include "processes/tracker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "model/sum.h"

namespace memmon::processes {

using model::Event;
using model::EventKind;

namespace {

// Events between the look at one and its turn: as long as memory takes to answer, at first
// for the process, then for what it points at.
constexpr size_t kFarAhead = 8;
constexpr size_t kNearAhead = 4;

void PrefetchNeighbours(const Tracked* tracked) {
  if (tracked == nullptr) return;
  if (tracked->mm != nullptr) tracked->mm->Prefetch();
  PrefetchLine(tracked->in_changed.before);
  PrefetchLine(tracked->in_changed.after);
}

bool HasAddressSpace(const Event& event) {
  return (event.flags & model::kFlagNoAddressSpace) == 0 && event.mm_id != 0;
}

}  // namespace

Tracker::Tracker(const model::Capture& capture, uint64_t keep_ended_ns, size_t max_ended,
                 size_t max_living)
    : page_mask_(capture.page_size_bytes - 1),
      keep_ended_ns_(keep_ended_ns),
      max_ended_(max_ended),
      max_living_(max_living) {
  totals_.ram_bytes = capture.ram_bytes;
  totals_.swap_bytes = capture.swap_bytes;
  totals_.realtime_offset_ns = capture.realtime_offset_ns;
  totals_.capture_start_unix_ns =
      static_cast<int64_t>(capture.start_ns + static_cast<uint64_t>(capture.realtime_offset_ns));
}

// Nothing is forgotten between these two: what was found stays.
void Tracker::Apply(std::span<const Event> events) {
  std::array<Tracked*, kFarAhead> ahead{};
  for (size_t i = 0; i < events.size() + kFarAhead; ++i) {
    if (i >= kFarAhead) Apply(events[i - kFarAhead], ahead[i % kFarAhead]);
    if (i < events.size()) ahead[i % kFarAhead] = LookAhead(events[i]);
    PrefetchNeighbours(ahead[(i + kNearAhead) % kFarAhead]);
  }
}

Tracked* Tracker::LookAhead(const Event& event) const {
  Tracked* const found = Find(event.process());
  if (found != nullptr) found->Prefetch();
  return found;
}

void Tracker::Apply(const Event& event, Tracked* known) {
  if (event.kind == EventKind::kLost) return OnLost(event);
  ++totals_.event_count;
  now_ns_ = std::max(now_ns_, event.time_ns);
  if (event.kind == EventKind::kMmExit) return OnMmExit(event);
  if (event.kind == EventKind::kResyncEnd) return OnResyncEnd(event);
  Tracked* tracked = nullptr;
  if ((event.flags & model::kFlagKernelThread) == 0) {
    tracked = known != nullptr ? known : FindOrCreate(event);
  }
  if (tracked == nullptr) {
    // What a kernel thread does to an address space, its users must see.
    ApplyTotal(nullptr, event);
    return;
  }
  Touch(tracked, event);
  switch (event.kind) {
    case EventKind::kFork:
      OnFork(tracked, event);
      break;
    case EventKind::kExec:
      OnExec(tracked, event);
      break;
    case EventKind::kExit:   // ends it below, after its last total
    case EventKind::kStack:  // the address space may be another process's
      break;
    case EventKind::kBaseline:
      EnterAddressSpace(tracked, event, /*awaits_exec=*/false);
      break;
    case EventKind::kResync:
      OnResync(tracked, event);
      break;
    default:
      OnCall(tracked, event);
      break;
  }
  Count(tracked, event);
  ApplyTotal(tracked, event);
  if (event.kind == EventKind::kExit) End(tracked, event.time_ns);
}

Tracked* Tracker::Find(const model::ProcessKey& key) const {
  const auto found = processes_.find(key);
  return found == processes_.end() ? nullptr : found->second.get();
}

Tracked* Tracker::FindLiving(uint32_t tgid) const {
  const auto found = living_.find(tgid);
  return found == living_.end() ? nullptr : found->second;
}

Tracked* Tracker::FindOrCreate(const Event& event) {
  if (Tracked* found = Find(event.process())) return found;
  if (removed_.Contains(event.process())) return nullptr;
  // Who is in the way of one that begins makes room for it.
  if (living_.size() >= max_living_ && !living_.contains(event.tgid)) {
    ++totals_.untracked_count;
    return nullptr;
  }
  return Create(event);
}

Tracked* Tracker::Create(const Event& event) {
  auto owned = std::make_unique<Tracked>();
  Tracked* tracked = owned.get();
  tracked->key = event.process();
  tracked->namespace_tgid = event.namespace_tgid;
  // Of one whose birth is seen nothing was lost before it.
  if (event.kind == EventKind::kFork) tracked->losses_before = losses_.count();
  processes_.emplace(event.process(), std::move(owned));
  Mark(tracked);

  // One tgid names one living process. Where the end of the one before was
  // lost, or this one's is still to be read, the later start is the living.
  Tracked*& living = living_[event.tgid];
  if (living != nullptr && living->key.start_ns > event.start_ns) {
    End(tracked, event.time_ns);
    return tracked;
  }
  Tracked* before = std::exchange(living, tracked);
  if (before != nullptr) End(before, event.time_ns);
  unresolved_.MoveToBack(tracked);
  if (event.time_ns < all_told_ns_) End(tracked, event.time_ns);
  return tracked;
}

void Tracker::Touch(Tracked* tracked, const Event& event) {
  Mark(tracked);
  if (event.time_ns < tracked->last_record_ns) return;
  tracked->last_record_ns = event.time_ns;
  if (tracked->uid != event.uid || tracked->cgroup_id != event.cgroup_id) {
    tracked->uid = event.uid;
    tracked->cgroup_id = event.cgroup_id;
    // Its names are another's.
    tracked->user_name.clear();
    tracked->container.clear();
    if (tracked->living()) unresolved_.MoveToBack(tracked);
  }
  if (tracked->comm != event.comm) {
    tracked->comm = event.comm;
    tracked->name = event.name();
  }
}

void Tracker::Count(Tracked* tracked, const Event& event) {
  tracked->calls.Add(event);
  if (HasAddressSpace(event) && event.mm_id == tracked->mm_id) {
    tracked->size_changes.Add(event, losses_.count(), page_mask_);
  }
}

void Tracker::Mark(Tracked* tracked) {
  if (tracked->changed == revision_ && tracked->in_changed.linked) return;
  tracked->changed = revision_;
  changed_.MoveToBack(tracked);
}

void Tracker::MarkUsers(TrackedSpace* space) {
  if (space->changed == revision_) return;
  space->changed = revision_;
  for (Tracked* user = space->users.front(); user != nullptr; user = space->users.After(user)) {
    Mark(user);
  }
}

// Whether the event is of the process's address space of today.
bool Tracker::EnterAddressSpace(Tracked* tracked, const Event& event, bool awaits_exec) {
  if (!HasAddressSpace(event)) return true;
  if (tracked->mm_id == event.mm_id) [[likely]] {
    tracked->mm_last_ns = std::max(tracked->mm_last_ns, event.time_ns);
    return true;
  }
  // Tickets say nothing across address spaces; time does: all threads of the
  // old image are gone before the new one begins. It is the youngest word that
  // counts, not the first: after two execs a process may have the one again
  // that it had before them, and what came between may be read last.
  if (tracked->mm_id != 0 && event.time_ns < tracked->mm_last_ns) return false;
  Detach(tracked);
  tracked->mm_id = event.mm_id;
  tracked->mm_last_ns = event.time_ns;
  tracked->last_ticket = 0;
  tracked->last_size_bytes = 0;
  tracked->size_is_guess = false;
  tracked->held.Enter(awaits_exec);
  awaiting_.Remove(tracked);
  TrackedSpace* space = spaces_.Get(event.mm_id);
  const bool gone_since = space->gone && event.ticket <= space->gone_ticket;
  if (tracked->living() && !gone_since) {
    Attach(tracked, space);
  } else if (!space->known && space->users.front() == nullptr) {
    // Of one that ended, read late: nobody will ever leave it.
    spaces_.SetUnused(*space);
  }
  return true;
}

void Tracker::ApplyTotal(Tracked* tracked, const Event& event) {
  if (!HasAddressSpace(event)) return;
  TrackedSpace* space = nullptr;
  if (tracked != nullptr && tracked->mm != nullptr && tracked->mm_id == event.mm_id) [[likely]] {
    space = tracked->mm;
  } else if (tracked != nullptr && tracked->mm_id == event.mm_id) {
    // Ended, or its address space is gone: a late record may still be the
    // youngest of them.
    if (event.ticket > tracked->last_ticket) {
      tracked->last_ticket = event.ticket;
      tracked->last_size_bytes = event.virtual_size_bytes;
    }
    space = spaces_.Find(event.mm_id);
    if (space == nullptr) return;
  } else {
    space = spaces_.Get(event.mm_id);
    // So that it is forgotten, should no process ever turn up for it.
    if (!space->known && space->users.front() == nullptr) spaces_.SetUnused(*space);
  }
  if (space->gone) {
    if (event.ticket <= space->gone_ticket) return;
    space->gone = false;
  }
  if (!space->known || event.ticket > space->ticket) {
    space->known = true;
    space->ticket = event.ticket;
    space->size_bytes = event.virtual_size_bytes;
  }
  space->last_ns = std::max(space->last_ns, event.time_ns);
  MarkUsers(space);
}

void Tracker::Attach(Tracked* tracked, TrackedSpace* space) {
  tracked->mm = space;
  space->users.MoveToBack(tracked);
  space->changed = 0;
}

void Tracker::Detach(Tracked* tracked) {
  TrackedSpace* space = std::exchange(tracked->mm, nullptr);
  if (space == nullptr) return;
  tracked->last_ticket = space->ticket;
  tracked->last_size_bytes = space->size_bytes;
  space->users.Remove(tracked);
  if (space->users.front() == nullptr) spaces_.SetUnused(*space);
}

void Tracker::OnLost(const Event& event) {
  totals_.lost_count += event.lost_count;
  losses_.Add(event.time_ns);
  loss_until_ns_ = std::max({loss_until_ns_, event.time_ns, event.lost_until_ns});
  loss_revision_ = revision_;
}

void Tracker::OnResync(Tracked* tracked, const Event& event) {
  // The EXEC of a new image may have been lost, or is still to be read.
  if (tracked->mm_id != event.mm_id && tracked->living()) unresolved_.MoveToBack(tracked);
  EnterAddressSpace(tracked, event, /*awaits_exec=*/true);
}

void Tracker::OnResyncEnd(const Event& event) {
  const uint64_t since_ns = event.start_ns;
  if ((event.result & model::kResyncSettled) != 0) {
    settled_until_ns_ = std::max(settled_until_ns_, since_ns);
    loss_revision_ = revision_;
  }
  if ((event.result & model::kResyncAll) == 0) return;
  all_told_ns_ = std::max(all_told_ns_, since_ns);
  std::vector<Tracked*> ended;
  for (const auto& [tgid, tracked] : living_) {
    if (tracked->last_record_ns < all_told_ns_) ended.push_back(tracked);
  }
  for (Tracked* tracked : ended) End(tracked, since_ns);
}

void Tracker::OnFork(Tracked* tracked, const Event& event) {
  const auto found = living_.find(static_cast<uint32_t>(event.result));
  const Tracked* parent =
      found == living_.end() || found->second == tracked ? nullptr : found->second;
  tracked->parent_tgid = static_cast<uint32_t>(event.result);
  if (tracked->mm_id == event.mm_id) {  // its records came before it
    tracked->held.Settle();
    awaiting_.Remove(tracked);
  }
  EnterAddressSpace(tracked, event, /*awaits_exec=*/false);
  if (parent == nullptr) return;
  if (tracked->mm_id == 0) {
    tracked->last_size_bytes =
        parent->mm != nullptr ? parent->mm->size_bytes : parent->last_size_bytes;
    tracked->size_is_guess = true;
  }
  // A child runs its parent's program, unless either ran exec since.
  if (parent->last_exec_ns <= event.time_ns && tracked->last_exec_ns == 0 &&
      parent->uid == tracked->uid && parent->cgroup_id == tracked->cgroup_id &&
      !parent->command_line.empty()) {
    tracked->command_line = parent->command_line;
    tracked->user_name = parent->user_name;
    tracked->container = parent->container;
    unresolved_.Remove(tracked);
  }
}

void Tracker::OnExec(Tracked* tracked, const Event& event) {
  if (!EnterAddressSpace(tracked, event, /*awaits_exec=*/true)) return;
  if (event.time_ns < tracked->last_exec_ns) return;
  tracked->held.Exec(event.ticket);
  awaiting_.Remove(tracked);
  tracked->last_exec_ns = event.time_ns;
  tracked->command_line.clear();
  if (tracked->living()) unresolved_.MoveToBack(tracked);
}

void Tracker::OnMmExit(const Event& event) {
  if (!HasAddressSpace(event)) return;
  TrackedSpace* space = spaces_.Get(event.mm_id);
  if (space->known && event.ticket < space->ticket && !space->gone) return;  // used again since
  ApplyTotal(nullptr, event);
  while (Tracked* user = space->users.front()) {
    Mark(user);
    Detach(user);
  }
  space->gone = true;
  space->gone_ticket = std::max(space->gone_ticket, event.ticket);
}

void Tracker::OnCall(Tracked* tracked, const Event& event) {
  const bool of_today = EnterAddressSpace(tracked, event, /*awaits_exec=*/true);
  if (event.failed()) return OnRefused(tracked, event);
  const bool is_mmap = event.kind == EventKind::kMmap;
  if (!is_mmap && event.kind != EventKind::kMunmap) return;
  if (is_mmap) {
    model::AddToSum(&tracked->requested_bytes, event.length_bytes);
    model::AddToSum(&totals_.requested_bytes, event.length_bytes);
  }
  if (of_today) {
    tracked->held.Add(HasAddressSpace(event) ? event.ticket : 0,
                      (event.length_bytes + page_mask_) & ~page_mask_, !is_mmap);
    if (tracked->held.remembers() && !tracked->in_awaiting.linked) Await(tracked);
  }
}

void Tracker::OnRefused(Tracked* tracked, const Event& event) {
  ++tracked->failed_count;
  if (event.kind == EventKind::kMunmap) ++tracked->refused_munmap_count;
  if (event.kind != EventKind::kMmap) return;
  ++tracked->refused_mmap_count;
  if (event.result != -ENOMEM) return;
  ++tracked->no_memory_count;
  tracked->no_memory_largest_bytes = std::max(tracked->no_memory_largest_bytes, event.length_bytes);
}

void Tracker::Await(Tracked* tracked) {
  awaiting_.MoveToBack(tracked);
  if (awaiting_.size() <= kMaxAwaiting) return;
  Tracked* const oldest = awaiting_.front();
  oldest->held.GiveUp();
  awaiting_.Remove(oldest);
}

void Tracker::End(Tracked* tracked, uint64_t time_ns) {
  Mark(tracked);
  if (!tracked->living()) return;
  tracked->resident_bytes = 0;
  tracked->end_ns = std::max<uint64_t>(time_ns, 1);
  Detach(tracked);
  unresolved_.Remove(tracked);
  ended_.MoveToBack(tracked);
  const auto found = living_.find(tracked->key.tgid);
  if (found != living_.end() && found->second == tracked) living_.erase(found);
}

void Tracker::Prune() {
  while (Tracked* oldest = ended_.front()) {
    const bool too_old = now_ns_ > oldest->end_ns + keep_ended_ns_;
    if (!too_old && ended_.size() <= max_ended_) break;
    Forget(oldest);
  }
  spaces_.Prune();
}

void Tracker::Forget(Tracked* tracked) {
  const model::ProcessKey key = tracked->key;
  changed_.Remove(tracked);
  ended_.Remove(tracked);
  awaiting_.Remove(tracked);
  removed_.Add(revision_, key);
  processes_.erase(key);
}

}  // namespace memmon::processes
