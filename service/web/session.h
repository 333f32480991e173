// SPDX-License-Identifier: Apache-2.0
//
// One connection: reads requests, answers them in turn. While a call is under
// way, the socket is watched: a tab that closes cancels its call.
//
// Thread safety: everything runs on the socket's strand; Stop and Close may be
// called from any thread. A session lives as long as something is under way.

#ifndef MEMMON_WEB_SESSION_H_
#define MEMMON_WEB_SESSION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/answer_budget.h"
#include "web/connect.h"
#include "web/grpc_web_call.h"
#include "web/replies.h"
#include "web/session_set.h"
#include "web/site.h"
#include "web/strand_call.h"
#include "web/stream.h"

namespace memmon::web {

class WebSocketSession;

class Session : public std::enable_shared_from_this<Session> {
 public:
  // `socket` runs on a strand of its own; `peer`: its other side's address.
  Session(boost::asio::ip::tcp::socket socket, const std::string& peer, const Site* site,
          SessionSet* set);

  void Start();
  // Ends when the answer under way is complete.
  void Stop();
  // Ends now.
  void Close();

 private:
  using ErrorCode = boost::system::error_code;

  void Handshake();
  void OnHandshake(ErrorCode error);
  void ReadRequest();
  void OnHeader(ErrorCode error);
  void OnRequest(ErrorCode error);
  void Refuse(ErrorCode error);
  // 503 in its place where there is no room for it.
  void Send(Response response);
  // Once it is read: an answer may have to wait long.
  void DropBody();
  void OnAnswered(ErrorCode error, bool keep_alive);
  void GoOn();
  void Linger();

  // A call of gRPC-Web: frames, as they come.
  bool IsGrpcWeb() const;
  void BeginCall(const Target& target);
  void OnStreamHeader();
  void SendFrame(std::string frame, bool last);
  void OnFrame(ErrorCode error, bool last);

  // A call over a WebSocket, which goes on by itself.
  void Upgrade(const Target& target);

  // A call of Connect: one answer, when it is there.
  void BeginConnect(ConnectCall call);

  void Watch();
  void OnWatch(ErrorCode error, size_t bytes);

  SessionSet::Place place_;  // first: see there
  const Site* const site_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;
  Response response_;
  AnswerBudget::Share share_;  // for response_

  // Of a call.
  boost::asio::steady_timer look_;
  StrandCall call_;
  bool calling_ = false;  // until its answer is sent
  bool watching_ = false;

  // Of a gRPC-Web call.
  std::optional<http::response<http::empty_body>> stream_header_;
  std::optional<http::response_serializer<http::empty_body>> stream_serializer_;
  bool text_mode_ = false;
  std::optional<CallRequest> call_request_;  // not begun yet
  std::optional<CallEnd> early_end_;         // ended before it began
  std::string frame_;

  // Of a Connect call.
  std::optional<ConnectCall> connect_;
  std::vector<std::string> messages_;

  std::weak_ptr<WebSocketSession> web_socket_;  // of which this is the connection

  bool last_answer_ = false;
  size_t lingered_bytes_ = 0;
  bool idle_ = false;  // nothing is lost when it is closed now
  bool stopping_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_SESSION_H_
