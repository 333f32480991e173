// SPDX-License-Identifier: Apache-2.0
//
// A certificate for the loopback, and connections through TLS that can do what no client would.

#ifndef MEMMON_TESTS_INTEGRATION_API_TLS_CONNECTION_H_
#define MEMMON_TESTS_INTEGRATION_API_TLS_CONNECTION_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace memmon::integration {

// Of 127.0.0.1, with RSA's 2,048 bits; its files are there for as long as this lives.
class Certificate {
 public:
  Certificate() {
    char directory[] = "/tmp/memmon-tls-XXXXXX";
    EXPECT_NE(mkdtemp(directory), nullptr);
    directory_ = directory;
    EXPECT_EQ(std::system(("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=memmond "
                           "-addext subjectAltName=IP:127.0.0.1 -keyout " +
                           key() + " -out " + path() + " 2>/dev/null")
                              .c_str()),
              0);
  }
  ~Certificate() { std::filesystem::remove_all(directory_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string path() const { return directory_ + "/certificate.pem"; }
  std::string key() const { return directory_ + "/key.pem"; }
  std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string directory_;
};

// To `address`, from `from`, with what it speaks there. Reads wait for 20 s at most.
class TlsConnection {
 public:
  TlsConnection(const std::string& address, const std::string& from, const std::string& protocol) {
    const size_t colon = address.rfind(':');
    const sockaddr_in here = AddressOf(from, 0);
    const sockaddr_in peer =
        AddressOf(address.substr(0, colon), std::stoi(address.substr(colon + 1)));
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&here), sizeof(here)), 0);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)), 0);
    ssl_.reset(SSL_new(Context()));
    const std::string offered = static_cast<char>(protocol.size()) + protocol;
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
    SSL_set_fd(ssl_.get(), fd_);
    agreed_ = SSL_connect(ssl_.get()) == 1;
  }
  ~TlsConnection() {
    ssl_.reset();
    close(fd_);
  }
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  // Whether TLS came about.
  bool agreed() const { return agreed_; }

  void Send(const std::string& bytes) {
    EXPECT_EQ(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
              static_cast<int>(bytes.size()));
  }

  // Whether `mark` came before the end, or before nothing more did.
  bool ReadUntil(const std::string& mark) {
    std::string text;
    char buffer[4096];
    while (text.find(mark) == std::string::npos) {
      const int bytes = SSL_read(ssl_.get(), buffer, sizeof(buffer));
      if (bytes <= 0) return false;
      text.append(buffer, static_cast<size_t>(bytes));
    }
    return true;
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  static sockaddr_in AddressOf(const std::string& host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    return address;
  }
  static SSL_CTX* Context() {
    static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    return context;
  }

  int fd_ = -1;
  std::unique_ptr<SSL, Free> ssl_;
  bool agreed_ = false;
};

}  // namespace memmon::integration

#endif  // MEMMON_TESTS_INTEGRATION_API_TLS_CONNECTION_H_
