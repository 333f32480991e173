// SPDX-License-Identifier: Apache-2.0
//
// An API that does what a test of the web port wants.

#ifndef MEMMON_TESTS_UNIT_WEB_FAKE_API_H_
#define MEMMON_TESTS_UNIT_WEB_FAKE_API_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace memmon::web {

// GetStatus answers with the message it was sent; StreamEvents with as much as is
// taken, 64 KiB a message; Watch and GetAddressSpace with nothing, for as long as they may,
// but for what Say says.
// Thread-safe.
class FakeApi : public grpc::CallbackGenericService {
 public:
  FakeApi() {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeApi() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::shared_ptr<grpc::Channel> channel() { return server_->InProcessChannel({}); }
  int open() const { return open_; }
  int written() const { return written_; }
  size_t watching() {
    const std::lock_guard lock(mutex_);
    return watching_.size();
  }

  // A short message to each Watch.
  void Say() {
    const std::lock_guard lock(mutex_);
    for (Reactor* reactor : watching_) reactor->Say();
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    ++open_;
    return new Reactor(this, context->method());
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(FakeApi* api, const std::string& method) : api_(api), method_(method) {
      StartRead(&message_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return FinishOnce({grpc::StatusCode::INVALID_ARGUMENT, "no message"});
      if (quiet()) {
        const std::lock_guard lock(api_->mutex_);
        api_->watching_.insert(this);
        return;
      }
      if (method_.ends_with("StreamEvents")) {
        const grpc::Slice slice(std::string(64 << 10, 'e'));
        message_ = grpc::ByteBuffer(&slice, 1);
      }
      StartWrite(&message_);
    }
    void Say() { StartWrite(&message_); }
    void OnWriteDone(bool ok) override {
      ++api_->written_;
      if (quiet()) return;
      if (ok && method_.ends_with("StreamEvents")) return StartWrite(&message_);
      FinishOnce(grpc::Status::OK);
    }
    void OnCancel() override {
      if (quiet()) FinishOnce(grpc::Status::CANCELLED);
    }
    void OnDone() override {
      {
        const std::lock_guard lock(api_->mutex_);
        api_->watching_.erase(this);
      }
      --api_->open_;
      delete this;
    }

   private:
    bool quiet() const {
      return method_.ends_with("Watch") || method_.ends_with("GetAddressSpace");
    }
    // Cancelled may be what is being ended, too.
    void FinishOnce(const grpc::Status& status) {
      if (!finished_.exchange(true)) Finish(status);
    }

    FakeApi* const api_;
    const std::string method_;
    std::atomic<bool> finished_ = false;
    grpc::ByteBuffer message_;
  };

  std::mutex mutex_;
  std::set<Reactor*> watching_;  // guarded by mutex_
  std::atomic<int> open_ = 0;
  std::atomic<int> written_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace memmon::web

#endif  // MEMMON_TESTS_UNIT_WEB_FAKE_API_H_
