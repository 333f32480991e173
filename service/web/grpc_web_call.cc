// SPDX-License-Identifier: Apache-2.0

#include "web/grpc_web_call.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "web/framing.h"

namespace memmon::web {
namespace {

// Longer timeouts are as good as none.
constexpr int64_t kMaxTimeoutNs = 3'600'000'000'000 * 24 * 365;

std::string ToFrame(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  std::string frame = MessageHeader(static_cast<uint32_t>(message.Length()));
  if (!message.Dump(&slices).ok()) return frame;
  frame.reserve(kFrameHeaderBytes + message.Length());
  for (const grpc::Slice& slice : slices) {
    frame.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return frame;
}

// Every method is called as if both sides streamed: on the wire a unary call
// is a stream of one message each way.
class Call final : public GrpcWebCall,
                   public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Call(std::shared_ptr<grpc::Channel> channel, CallRequest request, OnMessage on_message,
       OnEnd on_end)
      : stub_(std::move(channel)),
        request_(std::move(request)),
        on_message_(std::move(on_message)),
        on_end_(std::move(on_end)) {}

  void Begin(std::shared_ptr<Call> self) {
    self_ = std::move(self);
    // Kept: `this` may be gone when StartCall returns.
    std::shared_ptr<Call> keep = self_;
    if (request_.timeout_ns) {
      context_.set_deadline(
          std::chrono::system_clock::now() +
          std::chrono::nanoseconds(std::min(*request_.timeout_ns, kMaxTimeoutNs)));
    }
    stub_.PrepareBidiStreamingCall(&context_, request_.method, grpc::StubOptions(), this);
    // Reads begin outside reactions, too: the hold keeps the call open between
    // them.
    AddHold();
    WriteNext();
    StartRead(&incoming_);
    StartCall();
  }

  void ReadNext() override { StartRead(&incoming_); }

  void Cancel() override {
    context_.TryCancel();
    Release();
  }

  void OnWriteDone(bool ok) override {
    // Where it is not, the status says why.
    if (ok) WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Release();
      return;
    }
    std::string frame = ToFrame(incoming_);
    incoming_.Clear();
    on_message_(std::move(frame));
  }

  void OnDone(const grpc::Status& status) override {
    CallEnd end;
    end.code = static_cast<int>(status.error_code());
    end.message = status.error_message();
    for (const auto& [key, value] : context_.GetServerTrailingMetadata()) {
      end.metadata.emplace(std::string(key.data(), key.size()),
                           std::string(value.data(), value.size()));
    }
    on_end_(std::move(end));
    // The in-process transport keeps both halves of a call for ever whose status came before
    // all of its messages and their end were sent, unless it is cancelled.
    context_.TryCancel();
    on_message_ = nullptr;
    on_end_ = nullptr;
    std::shared_ptr<Call> self = std::move(self_);
  }

 private:
  void WriteNext() {
    if (next_message_ == request_.messages.size()) {
      StartWritesDone();
      return;
    }
    grpc::Slice slice(request_.messages[next_message_++]);
    outgoing_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&outgoing_);
  }

  void Release() {
    if (!released_.exchange(true)) RemoveHold();
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const CallRequest request_;
  OnMessage on_message_;
  OnEnd on_end_;
  std::shared_ptr<Call> self_;
  size_t next_message_ = 0;
  grpc::ByteBuffer outgoing_;
  grpc::ByteBuffer incoming_;
  std::atomic<bool> released_ = false;
};

}  // namespace

std::shared_ptr<GrpcWebCall> GrpcWebCall::Start(const std::shared_ptr<grpc::Channel>& channel,
                                                CallRequest request, OnMessage on_message,
                                                OnEnd on_end) {
  auto call =
      std::make_shared<Call>(channel, std::move(request), std::move(on_message), std::move(on_end));
  call->Begin(call);
  return call;
}

}  // namespace memmon::web
