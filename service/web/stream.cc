// SPDX-License-Identifier: Apache-2.0

#include "web/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>
#include <utility>

namespace memmon::web {

struct Stream::Layers {
  explicit Layers(boost::asio::ip::tcp::socket socket) : tcp(std::move(socket)) {}

  boost::beast::tcp_stream tcp;
  std::optional<boost::beast::ssl_stream<boost::beast::tcp_stream&>> tls;
};

Stream::Stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
    : layers_(std::make_shared<Layers>(std::move(socket))) {
  if (tls != nullptr) layers_->tls.emplace(layers_->tcp, *tls);
}

Stream::executor_type Stream::get_executor() { return layers_->tcp.get_executor(); }

bool Stream::tls() const { return layers_->tls.has_value(); }

bool Stream::PeerSends() const {
  tcp_info info{};
  socklen_t size = sizeof(info);
  const int fd = layers_->tcp.socket().native_handle();
  return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state == TCP_ESTABLISHED;
}

// What is under way needs the layers until it has ended, whoever has gone.
Stream::OnBytes Stream::Keeping(OnBytes handler) const {
  return [layers = layers_, handler = std::move(handler)](ErrorCode error, size_t bytes) {
    handler(error, bytes);
  };
}

void Stream::Read(boost::asio::mutable_buffer buffer, OnBytes handler) {
  if (tls()) {
    layers_->tls->async_read_some(buffer, Keeping(std::move(handler)));
  } else {
    layers_->tcp.async_read_some(buffer, Keeping(std::move(handler)));
  }
}

void Stream::Write(const std::vector<boost::asio::const_buffer>& buffers, OnBytes handler) {
  if (tls()) {
    layers_->tls->async_write_some(buffers, Keeping(std::move(handler)));
  } else {
    layers_->tcp.async_write_some(buffers, Keeping(std::move(handler)));
  }
}

void Stream::Handshake(std::function<void(ErrorCode)> handler) {
  layers_->tls->async_handshake(boost::asio::ssl::stream_base::server, std::move(handler));
}

void Stream::DropTls() { layers_->tls.reset(); }

void Stream::EndSending(std::function<void(ErrorCode)> handler) {
  if (tls()) {
    return layers_->tls->async_shutdown(
        [layers = layers_, handler = std::move(handler)](ErrorCode error) { handler(error); });
  }
  ErrorCode error;
  layers_->tcp.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
  boost::asio::post(get_executor(), [handler = std::move(handler), error] { handler(error); });
}

void Stream::ExpiresAfter(std::chrono::milliseconds limit) { layers_->tcp.expires_after(limit); }

void Stream::ExpiresNever() { layers_->tcp.expires_never(); }

void Stream::Cancel() { layers_->tcp.cancel(); }

void Stream::Close() { layers_->tcp.close(); }

}  // namespace memmon::web
