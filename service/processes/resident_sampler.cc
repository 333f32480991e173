// SPDX-License-Identifier: Apache-2.0

#include "processes/resident_sampler.h"

#include "absl/container/flat_hash_map.h"
#include "base/thread_name.h"

namespace memmon::processes {

ResidentSampler::ResidentSampler(ProcessTable* table, ProcessInfoReader* reader,
                                 std::chrono::milliseconds interval)
    : table_(table), reader_(reader), interval_(interval), thread_([this] { Run(); }) {
  table_->OnLook([this] {
    {
      const std::lock_guard lock(mutex_);
      if (looked_) return;
      looked_ = true;
    }
    woken_.notify_one();
  });
}

ResidentSampler::~ResidentSampler() {
  table_->OnLook(nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

void ResidentSampler::Run() {
  base::NameThisThread("resident");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_.wait(lock, [this] { return stopping_ || looked_; });
    while (!stopping_ && looked_) {
      looked_ = false;
      lock.unlock();
      Sample();
      lock.lock();
      woken_.wait_for(lock, interval_, [this] { return stopping_; });
      // A client may look as seldom as we read: it gets a second turn.
      if (!looked_) woken_.wait_for(lock, interval_, [this] { return stopping_ || looked_; });
    }
    lock.unlock();
    table_->ForgetResident();
    lock.lock();
  }
}

void ResidentSampler::Sample() {
  absl::flat_hash_map<model::ProcessKey, uint64_t> bytes;
  for (const model::ProcessKey& key : table_->LivingKeys()) {
    const uint64_t resident = reader_->ReadResidentBytes(key.tgid);
    if (resident != 0) bytes.emplace(key, resident);
  }
  table_->SetResident(bytes);
}

}  // namespace memmon::processes
