// SPDX-License-Identifier: Apache-2.0
//
// The way to memmond: an address, TLS where asked for, a certificate and the token.
//
// Thread safety: all methods, from any thread, once Open has returned.

#ifndef MEMMON_CTL_CONNECTION_H_
#define MEMMON_CTL_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "ctl/address.h"
#include "ctl/credentials.h"
#include "ctl/environment.h"
#include "ctl/failure.h"
#include "ctl/messages.h"
#include "ctl/stop.h"
#include "memmon/v1/memmon.grpc.pb.h"

namespace memmon::ctl {

// What the command line says; empty: the variable of that name, such as MEMMON_TLS_CA.
struct ConnectionOptions {
  std::string address;
  CredentialFiles files;
};

class Connection {
 public:
  // Nothing is sent yet. Null, with `failure` set, where a file cannot be taken, or a
  // token would go over the network for all to read. Where no address is given it is
  // found (address.h); TLS is for HOST:PORT. `messages` and `stop` must outlive this.
  static std::unique_ptr<Connection> Open(const ConnectionOptions& options,
                                          const Environment& environment,
                                          const std::string& socket_path, const Messages& messages,
                                          Stop* stop, Failure* failure);

  // As gRPC takes it.
  const std::string& address() const { return address_.target; }

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

  Connection(Address address, bool tls, std::shared_ptr<grpc::Channel> channel, std::string token,
             const Messages& messages, Stop* stop)
      : address_(std::move(address)),
        tls_(tls),
        token_(std::move(token)),
        channel_(std::move(channel)),
        stub_(v1::MemoryMonitor::NewStub(channel_)),
        messages_(messages),
        stop_(stop) {}

  const Address address_;
  const bool tls_;
  const std::string token_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  const Messages& messages_;
  Stop* const stop_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_CONNECTION_H_
