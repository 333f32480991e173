// SPDX-License-Identifier: Apache-2.0
//
// What a response has for a body, as Beast asks of one: text of its own, or a file's, which
// all who are sent it at once share.

#ifndef MEMMON_WEB_ANSWER_BODY_H_
#define MEMMON_WEB_ANSWER_BODY_H_

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace memmon::web {

struct AnswerBody {
  struct value_type {
    std::string own;
    std::shared_ptr<const std::string> file;  // is sent in its place where not null

    const std::string& text() const { return file != nullptr ? *file : own; }
  };

  static uint64_t size(const value_type& body) { return body.text().size(); }

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    template <bool kIsRequest, typename Fields>
    writer(const boost::beast::http::header<kIsRequest, Fields>&, const value_type& body)
        : body_(body) {}
    void init(boost::beast::error_code& error) { error = {}; }
    // All at once.
    boost::optional<std::pair<const_buffers_type, bool>> get(boost::beast::error_code& error) {
      error = {};
      return {{boost::asio::buffer(body_.text()), false}};
    }

   private:
    const value_type& body_;
  };
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_ANSWER_BODY_H_
