// SPDX-License-Identifier: Apache-2.0

#include "processes/enricher.h"

#include "base/thread_name.h"

namespace memmon::processes {
namespace {

// Look-ups between two looks at whether to stop: a millisecond or two.
constexpr size_t kRound = 64;

}  // namespace

Enricher::Enricher(ProcessTable* table, ProcessInfoReader* reader,
                   model::ContainerNames* containers)
    : table_(table), reader_(reader), containers_(containers), thread_([this] { Run(); }) {}

Enricher::~Enricher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

void Enricher::Take(const model::SharedBatch&) {
  if (!table_->has_unresolved()) return;
  // The lock, so that the other thread is either before its look or waits.
  { const std::lock_guard lock(mutex_); }
  woken_.notify_one();
}

void Enricher::Run() {
  base::NameThisThread("enricher");
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait(lock, [this] { return stopping_ || table_->has_unresolved(); });
      if (stopping_) return;
    }
    for (const model::ProcessKey& key : table_->TakeUnresolved(kRound)) {
      // A process that is gone keeps what is known of it.
      const auto info = reader_->Read(key);
      if (info.ok()) {
        table_->SetCommandLine(key, info->command_line);
        table_->SetParent(key, info->parent_tgid);
        table_->SetContainer(key, info->container);
      }
      // Where the user or cgroup changes meanwhile, the process is looked up again.
      for (const model::Process& process : table_->Get({key})) {
        if (info.ok()) table_->SetUserName(key, user_names_.Of(process.uid));
        if (containers_ != nullptr) containers_->NameOf(process.cgroup_id);
      }
    }
  }
}

}  // namespace memmon::processes
