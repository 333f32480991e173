// SPDX-License-Identifier: Apache-2.0

#include "random_lives.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "fixture_events.h"

namespace memmon::test {
namespace {

using model::Event;
using model::EventKind;

constexpr uint64_t kPage = 4096;
constexpr int kCpus = 3;

// The machine, and its three rings.
class Machine {
 public:
  Machine(uint32_t seed, int seconds, uint64_t slower)
      : random_(seed), seconds_(seconds), slower_(slower) {
    lives_.capture = MakeCapture(seed, 1'000);
    for (int i = 0; i < 4; ++i) Begin(EventKind::kBaseline, NewMm(100), 0);
  }

  Lives Run() {
    const auto end_ns = static_cast<uint64_t>(seconds_) * 1'000'000'000;
    while (now_ns_ < end_ns) {
      now_ns_ += random_() % 400'000'000 * slower_;
      Step();
      if (random_() % 4 == 0) Read();
    }
    Read();
    std::sort(lives_.in_time.begin(), lives_.in_time.end(),
              [](const Event& a, const Event& b) { return a.time_ns < b.time_ns; });
    return std::move(lives_);
  }

 private:
  struct Running {
    uint32_t tgid = 0;
    uint64_t start_ns = 0;
    uint64_t mm = 0;
    uint64_t mm_before = 0;  // whose id may come again
    bool ended = false;
  };

  uint64_t NewMm(uint64_t pages) {
    pages_[++last_mm_] = pages;
    return last_mm_;
  }

  Event Make(const Running& process, EventKind kind, uint64_t length = 0, int64_t result = 0) {
    Event event;
    event.kind = kind;
    event.tgid = event.tid = event.namespace_tgid = process.tgid;
    event.start_ns = process.start_ns;
    event.mm_id = process.mm;
    event.time_ns = now_ns_ += 1'000;
    event.ticket = ++ticket_;
    event.virtual_size_bytes = pages_[process.mm] * kPage;
    event.length_bytes = length;
    event.result = result;
    const std::string name = "p" + std::to_string(process.tgid);
    std::copy(name.begin(), name.end(), event.comm.begin());
    return event;
  }
  void Emit(Event event) {
    event.cpu = event.kind == EventKind::kBaseline ? model::kNoCpu
                                                   : static_cast<uint16_t>(random_() % kCpus);
    event.sequence = next_[event.cpu]++;
    rings_[event.cpu].push_back(event);
    lives_.in_time.push_back(event);
  }

  void Begin(EventKind kind, uint64_t mm, uint32_t parent) {
    const uint32_t tgid = 100 + static_cast<uint32_t>(running_.size());
    running_.push_back({tgid, kind == EventKind::kBaseline ? 500 : now_ns_ + 1, mm});
    lives_.keys.push_back({tgid, running_.back().start_ns});
    Emit(Make(running_.back(), kind, 0, parent));
  }

  void Step() {
    const size_t which = random_() % running_.size();
    if (running_[which].ended) return;
    switch (random_() % 24) {
      case 0:
        if (running_.size() < 20) Fork(running_[which]);
        break;
      case 1:
        Exec(&running_[which]);
        break;
      case 2:
        if (random_() % 4 == 0 && running_.size() > 5) End(&running_[which]);
        break;
      case 3:
        Emit(Make(running_[which], EventKind::kMmap, 1 + random_() % 50'000, -12));
        break;
      case 4:
        Emit(Make(running_[which], EventKind::kMremap, 4096, -14));
        break;
      case 5:
        pages_[running_[which].mm] += 3;
        Emit(Make(running_[which], EventKind::kBrk));
        break;
      default:
        Call(running_[which]);
    }
  }

  void Call(const Running& process) {
    const bool gives_back = random_() % 5 < 2;
    const uint64_t length = 1 + random_() % 50'000;
    const uint64_t pages = (length + kPage - 1) / kPage;
    uint64_t& total = pages_[process.mm];
    total = gives_back ? total - std::min(total, pages) : total + pages;
    Emit(Make(process, gives_back ? EventKind::kMunmap : EventKind::kMmap, length,
              gives_back ? 0 : 0x7f0000000000));
  }

  void Fork(const Running parent) {
    const bool shares = random_() % 3 == 0;
    const model::ProcessKey key = {parent.tgid, parent.start_ns};
    Begin(EventKind::kFork, shares ? parent.mm : NewMm(pages_[parent.mm]), parent.tgid);
    if (shares) lives_.sharers.insert({key, lives_.keys.back()});
  }

  void Exec(Running* process) {
    Read();  // a reader is quicker than two execs
    const bool alone = std::none_of(running_.begin(), running_.end(), [&](const Running& other) {
      return &other != process && !other.ended && other.mm == process->mm;
    });
    // The kernel takes the memory of the address space that went last.
    const bool again = process->mm_before != 0 && random_() % 2 == 0;
    const uint64_t old = process->mm;
    process->mm = again ? process->mm_before : NewMm(0);
    process->mm_before = alone ? old : 0;
    pages_[process->mm] = 5;
    Emit(Make(*process, EventKind::kMmap, 5 * kPage, 0x400000));  // the image
    pages_[process->mm] = 6;
    Emit(Make(*process, EventKind::kExec));
    Call(*process);
  }

  void End(Running* process) {
    const bool alone = std::none_of(running_.begin(), running_.end(), [&](const Running& other) {
      return &other != process && !other.ended && other.mm == process->mm;
    });
    if (alone) Emit(Make(*process, EventKind::kMmExit));
    Event exit = Make(*process, EventKind::kExit);
    exit.mm_id = exit.ticket = exit.virtual_size_bytes = 0;
    exit.flags = model::kFlagNoAddressSpace;
    Emit(exit);
    process->ended = true;
  }

  void Read() {
    for (auto& [cpu, ring] : rings_) {
      if (ring.empty()) continue;
      auto batch = std::make_shared<model::Batch>();
      batch->capture = lives_.capture;
      batch->events = std::exchange(ring, {});
      lives_.batches.push_back(std::move(batch));
    }
  }

  std::mt19937 random_;
  const int seconds_;
  const uint64_t slower_;
  Lives lives_;
  uint64_t now_ns_ = 2'000;
  uint64_t ticket_ = 0;
  uint64_t last_mm_ = 0;
  std::map<uint64_t, uint64_t> pages_;  // by mm
  std::vector<Running> running_;
  std::map<uint16_t, std::vector<Event>> rings_;
  std::map<uint16_t, uint64_t> next_;
};

}  // namespace

Lives RandomLives(uint32_t seed, int seconds, uint64_t slower) {
  return Machine(seed, seconds, slower).Run();
}

}  // namespace memmon::test
