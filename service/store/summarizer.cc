// SPDX-License-Identifier: Apache-2.0

#include "store/summarizer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "store/cause.h"
#include "store/session.h"

namespace memmon::store {

Summarizer::Summarizer(SummarizerOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { Run(); });
}

Summarizer::~Summarizer() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  stop_.Stop();
  thread_.join();
}

void Summarizer::Wrote(uint64_t events, int64_t day) {
  std::lock_guard lock(mutex_);
  events_ += events;
  day_ = day;
}

void Summarizer::WriterRests() {
  {
    std::lock_guard lock(mutex_);
    if (events_ < options_.events) return;
    due_ = true;
  }
  changed_.notify_all();
}

void Summarizer::Run() {
  base::NameThisThread("memmon-brin");
  std::unique_lock lock(mutex_);
  while (!closed_) {
    const auto due = [this] { return closed_ || due_; };
    if (connection_ == nullptr) {
      changed_.wait(lock, due);
    } else if (!changed_.wait_for(lock, options_.idle, due)) {
      connection_.reset();
      continue;
    }
    if (closed_) break;
    due_ = false;
    events_ = 0;
    const int64_t day = day_;
    lock.unlock();
    const absl::Status status = Summarize(day);
    if (!status.ok()) connection_.reset();
    // That there is no server the writer says.
    std::string problem;
    if (!status.ok() && !absl::IsUnavailable(status)) {
      problem = absl::StrCat(status.message(), "; ", CureOf(CauseOf(status)),
                             ". Until then questions about the newest minute take longer");
    }
    if (!problem.empty() && problem != problem_ && !stop_.stopped()) {
      base::LogWarning("summarize", {{"problem", problem}});
    }
    problem_ = problem;
    lock.lock();
    changed_.wait_for(lock, options_.pause, [this] { return closed_; });
  }
}

absl::Status Summarizer::Summarize(int64_t day) {
  if (connection_ == nullptr) {
    auto opened = Connection::Open(options_.conninfo, options_.connect_limit, &stop_);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
    if (auto s = connection_->Execute(kSession); !s.ok()) return s;
  }
  return connection_->Execute(
      absl::StrCat("SELECT memmon.summarize_events(date '1970-01-01' + ", day, ")"));
}

}  // namespace memmon::store
