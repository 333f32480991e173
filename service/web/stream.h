// SPDX-License-Identifier: Apache-2.0
//
// A connection's bytes, plain or through TLS: an AsyncStream of Asio. Which of the
// two it is, and what TLS is made of, is known in stream.cc alone: whoever reads
// and writes here is compiled once. A copy is another handle of the same connection.
//
// Thread safety: as the socket's, on its strand. The copies own the socket, and so does
// what is under way; the context of TLS outlives it.

#ifndef MEMMON_WEB_STREAM_H_
#define MEMMON_WEB_STREAM_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace memmon::web {

class Stream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using ErrorCode = boost::system::error_code;

  // Through TLS where `tls` is not null.
  Stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls);
  executor_type get_executor();

  // As Asio asks of a stream; it is free to use one buffer of several.
  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    Read(*boost::asio::buffer_sequence_begin(buffers), Shared(std::forward<Handler>(handler)));
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    Write({boost::asio::buffer_sequence_begin(buffers), boost::asio::buffer_sequence_end(buffers)},
          Shared(std::forward<Handler>(handler)));
  }

  bool tls() const;
  // Whether the other side may still send: not once it has hung up or is gone, also where
  // nobody has read what came before.
  bool PeerSends() const;
  // Only through TLS.
  void Handshake(std::function<void(ErrorCode)> handler);
  // Goes on in plain text, after a handshake that the other side did not know of.
  void DropTls();
  // Nothing more is sent, and the other side told so.
  void EndSending(std::function<void(ErrorCode)> handler);

  // For what is begun from now on.
  void ExpiresAfter(std::chrono::milliseconds limit);
  void ExpiresNever();
  // Ends what is under way.
  void Cancel();
  void Close();

 private:
  using OnBytes = std::function<void(ErrorCode, size_t)>;

  // Asio's handlers can be moved, but not copied.
  template <typename Handler>
  static OnBytes Shared(Handler&& handler) {
    auto shared = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
    return [shared](ErrorCode error, size_t bytes) { std::move (*shared)(error, bytes); };
  }
  OnBytes Keeping(OnBytes handler) const;
  void Read(boost::asio::mutable_buffer buffer, OnBytes handler);
  void Write(const std::vector<boost::asio::const_buffer>& buffers, OnBytes handler);

  struct Layers;
  std::shared_ptr<Layers> layers_;
};

// As Beast asks of what a WebSocket goes over.
inline void beast_close_socket(Stream& stream) { stream.Close(); }

template <typename Handler>
void async_teardown(boost::beast::role_type, Stream& stream, Handler&& handler) {
  auto shared = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
  stream.EndSending([shared](Stream::ErrorCode error) { std::move (*shared)(error); });
}

}  // namespace memmon::web

#endif  // MEMMON_WEB_STREAM_H_
