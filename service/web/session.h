// SPDX-License-Identifier: Apache-2.0
//
// One connection: reads requests, answers them in turn. While a gRPC-Web call
// streams, the socket is watched: a tab that closes cancels its call.
//
// Thread safety: everything runs on the socket's strand; Stop and Close may be
// called from any thread. A session lives as long as something is under way.

#ifndef MEMMON_WEB_SESSION_H_
#define MEMMON_WEB_SESSION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "web/grpc_web_call.h"
#include "web/replies.h"
#include "web/session_set.h"

namespace memmon::web {

// What all sessions share; outlives them.
struct Site {
  Replies replies;
  std::shared_ptr<grpc::Channel> api;
  bool loopback_only;  // refuse names that are not the machine's own
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  // `socket` runs on a strand of its own.
  Session(boost::asio::ip::tcp::socket socket, const Site* site, SessionSet* set);

  void Start();
  // Ends when the answer under way is complete.
  void Stop();
  // Ends now.
  void Close();

 private:
  using ErrorCode = boost::system::error_code;

  void ReadRequest();
  void OnHeader(ErrorCode error);
  void OnRequest(ErrorCode error);
  void Refuse(ErrorCode error);
  void Send(Response response);

  bool IsGrpcWeb() const;
  void BeginCall(const Target& target);
  void SendStreamHeader();
  void EndCallWithoutStarting(int code, const std::string& message);
  void OnStreamHeader();
  void Watch();
  void OnWatch(ErrorCode error, size_t bytes);
  void SendFrame(std::string frame, bool last);
  void OnFrame(ErrorCode error, bool last);
  void OnStreamEnd(ErrorCode error);
  void Abandon();

  SessionSet::Place place_;  // first: see there
  const Site* const site_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  Response response_;

  // Of a gRPC-Web call.
  std::optional<http::response<http::empty_body>> stream_header_;
  std::optional<http::response_serializer<http::empty_body>> stream_serializer_;
  bool text_mode_ = false;
  std::optional<CallRequest> call_request_;  // not begun yet
  std::optional<CallEnd> early_end_;         // ended before it began
  std::shared_ptr<GrpcWebCall> call_;
  std::string frame_;
  bool watching_ = false;
  bool streaming_ = false;
  bool abandoned_ = false;

  bool reading_ = false;  // for a request to begin
  bool stopping_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_SESSION_H_
