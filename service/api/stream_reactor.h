// SPDX-License-Identifier: Apache-2.0
//
// One streaming call: asks its producer for a message whenever the one before
// was taken by the client, so a slow client holds one message here and no
// more. Ends when the client cancels, or at End.
//
// The reactor owns itself until gRPC is done with it; the scheduler and the
// registry hold it weakly.
//
// Thread safety: gRPC's threads, the scheduler's and any that calls End. No
// lock is held while gRPC or the producer is called.

#ifndef MEMMON_API_STREAM_REACTOR_H_
#define MEMMON_API_STREAM_REACTOR_H_

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "api/producer.h"
#include "api/scheduler.h"
#include "api/stream_registry.h"

namespace memmon::api {

// A call that fails before its first message.
template <class Message>
class RefusedStream final : public grpc::ServerWriteReactor<Message> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

template <class Message>
class StreamReactor final : public grpc::ServerWriteReactor<Message>,
                            public Task,
                            public OpenStream,
                            public std::enable_shared_from_this<StreamReactor<Message>> {
 public:
  // `scheduler` and `registry` must outlive the call. `places`: what it takes of the
  // registry's.
  StreamReactor(Scheduler* scheduler, StreamRegistry* registry, size_t places)
      : scheduler_(scheduler),
        registry_(registry),
        places_(places),
        admitted_(registry->Enter(places)) {}
  ~StreamReactor() override {
    if (admitted_) registry_->Leave(places_);
  }

  // False where there are as many streams as there may be: not to be started.
  bool admitted() const { return admitted_; }

  // A function that makes the stream look at its producer, soon, on another
  // thread. It may outlive the stream.
  std::function<void()> Waker() {
    std::weak_ptr<Task> task = this->weak_from_this();
    return [scheduler = scheduler_, task] { scheduler->Post(task); };
  }

  // Begins. Hand the reactor to gRPC next.
  void Start(std::unique_ptr<Producer<Message>> producer) {
    {
      std::lock_guard lock(mutex_);
      self_ = this->shared_from_this();
      producer_ = std::move(producer);
      started_ = true;
    }
    registry_->Add(this, this->weak_from_this());
    scheduler_->Post(this->weak_from_this());
  }

  void Run() override { Step(); }

  void OnWriteDone(bool ok) override {
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) broken_ = true;
    }
    Step();
  }

  void OnCancel() override {
    {
      std::lock_guard lock(mutex_);
      broken_ = true;
    }
    Step();
  }

  void End(const grpc::Status& status) override {
    {
      std::lock_guard lock(mutex_);
      if (!end_) end_ = status;
    }
    // Not here: whoever ends all streams should not do their work.
    scheduler_->Post(this->weak_from_this());
  }

  void OnDone() override {
    registry_->Remove(this);
    std::shared_ptr<StreamReactor> self = std::move(self_);
  }

 private:
  void Step() {
    auto keep = this->shared_from_this();
    std::unique_lock lock(mutex_);
    if (working_) {
      again_ = true;
      return;
    }
    // The feed may wake a stream that is still being made.
    if (!started_ || writing_ || finished_) return;
    working_ = true;
    for (;;) {
      again_ = false;
      std::optional<grpc::Status> finish;
      if (broken_) {
        finish = grpc::Status(grpc::StatusCode::CANCELLED, "the client went away");
      } else {
        std::optional<grpc::Status> end = end_;
        lock.unlock();
        message_.Clear();
        Clock::time_point again = Clock::time_point::max();
        bool some = producer_->Next(end.has_value(), &message_, &again);
        lock.lock();
        if (some) {
          writing_ = true;
          working_ = false;
          lock.unlock();
          this->StartWrite(&message_);
          return;
        }
        if (!end) {
          if (again_) continue;
          working_ = false;
          // One timer in flight is enough; an earlier one asks again.
          Clock::time_point now = Clock::now();
          bool timer_runs = timer_ > now && timer_ <= again;
          if (again != Clock::time_point::max() && !timer_runs) {
            timer_ = again;
            lock.unlock();
            scheduler_->At(again, this->weak_from_this());
          }
          return;
        }
        finish = end;
      }
      finished_ = true;
      working_ = false;
      lock.unlock();
      producer_.reset();
      this->Finish(*finish);
      return;
    }
  }

  Scheduler* const scheduler_;
  StreamRegistry* const registry_;
  const size_t places_;
  const bool admitted_;
  std::shared_ptr<StreamReactor> self_;

  // Used by the thread that set working_, and by gRPC while writing_.
  std::unique_ptr<Producer<Message>> producer_;
  Message message_;

  std::mutex mutex_;
  bool started_ = false;   // producer_ is there
  bool working_ = false;   // a thread is in Step's loop
  bool again_ = false;     // it has to look once more
  bool writing_ = false;   // gRPC has message_
  bool broken_ = false;    // the client went away
  bool finished_ = false;  // Finish was called
  std::optional<grpc::Status> end_;
  Clock::time_point timer_ = Clock::time_point::min();
};

}  // namespace memmon::api

#endif  // MEMMON_API_STREAM_REACTOR_H_
