// SPDX-License-Identifier: Apache-2.0
//
// The way to memmond: an address, TLS where asked for, and the token.
//
// Thread safety: all methods, from any thread, once Open has returned.

#ifndef MEMMON_CTL_CONNECTION_H_
#define MEMMON_CTL_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "ctl/environment.h"
#include "ctl/failure.h"
#include "ctl/messages.h"
#include "ctl/stop.h"
#include "memmon/v1/memmon.grpc.pb.h"

namespace memmon::ctl {

struct ConnectionOptions {
  std::string address;     // HOST:PORT; empty: MEMMON_ADDRESS, else 127.0.0.1:50051
  std::string tls_ca;      // PEM file; empty: MEMMON_TLS_CA, else no TLS
  std::string token_file;  // empty: MEMMON_TOKEN_FILE, else no token
};

class Connection {
 public:
  // Nothing is sent yet. Null, with `failure` set, where a file cannot be read, or
  // a token would go over the network for all to read. `messages` and `stop` must
  // outlive this.
  static std::unique_ptr<Connection> Open(const ConnectionOptions& options,
                                          const Environment& environment, const Messages& messages,
                                          Stop* stop, Failure* failure);

  const std::string& address() const { return address_; }

  // A call with one answer. CANCELLED once the end was asked for.
  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::MemoryMonitor::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                    const Request& request, Response* response) const {
    grpc::ClientContext context;
    Prepare(&context);
    context.set_deadline(std::chrono::system_clock::now() + kAnswerLimit);
    const OnStop cancel(stop_, [&context] { context.TryCancel(); });
    return (stub_.get()->*method)(&context, request, response);
  }

  // For streams: puts the token into `context`, which the caller cancels.
  void Prepare(grpc::ClientContext* context) const;
  v1::MemoryMonitor::Stub* stub() const { return stub_.get(); }

  Failure Explain(const grpc::Status& status) const;

 private:
  // A page of history over a long time may well take some seconds.
  static constexpr std::chrono::seconds kAnswerLimit{30};

  Connection(std::string address, std::shared_ptr<grpc::Channel> channel, std::string token,
             const Messages& messages, Stop* stop)
      : address_(std::move(address)),
        token_(std::move(token)),
        channel_(std::move(channel)),
        stub_(v1::MemoryMonitor::NewStub(channel_)),
        messages_(messages),
        stop_(stop) {}

  const std::string address_;
  const std::string token_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  const Messages& messages_;
  Stop* const stop_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_CONNECTION_H_
