// SPDX-License-Identifier: Apache-2.0

#include "config/access.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "config/values.h"

namespace memmon::config {
namespace {

// Sixteen characters that were chosen by chance are more than anybody can try.
constexpr size_t kLeastTokenBytes = 16;
// No key, token or list of authorities is longer.
constexpr off_t kMostFileBytes = 1 << 20;

// 127.0.0.0/8 and ::1.
bool IsLoopback(const std::string& host) {
  in_addr v4;
  in6_addr v6;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

// The parts of "a,b", in lower case; what `IsGood` does not take is refused.
template <typename IsGood>
absl::StatusOr<std::vector<std::string>> ParseLowerCase(std::string_view text, const char* cure,
                                                        IsGood is_good) {
  absl::StatusOr<std::vector<std::string>> items =
      ParseList(absl::AsciiStrToLower(std::string(text)));
  if (!items.ok()) return items.status();
  for (const std::string& item : *items) {
    if (!is_good(item)) {
      return absl::InvalidArgumentError(absl::StrCat("\"", item, "\" is not ", cure));
    }
  }
  return items;
}

bool IsHostName(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-._";
  return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

// "https://host[:port]".
bool IsOrigin(std::string_view text) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-._:[]";
    return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
  }
  return false;
}

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

// The whole of a file. With `secret`, only where its owner alone may read it.
absl::StatusOr<std::string> ReadWhole(const char* flag, const std::string& path, bool secret) {
  auto wrong = [&](const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat(flag, ": ", path, ": ", what));
  };
  File file(path);
  struct stat facts {};
  if (file.fd() < 0 || fstat(file.fd(), &facts) != 0) {
    return wrong(absl::StrCat(strerror(errno), "; name a file that memmond may read"));
  }
  if (!S_ISREG(facts.st_mode) || facts.st_size > kMostFileBytes) {
    return wrong("is no file of a key, a certificate or a token");
  }
  if (secret && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return wrong(absl::StrCat("others may read it; type: chmod 600 ", path));
  }
  std::string text(static_cast<size_t>(facts.st_size), '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t bytes = read(file.fd(), text.data() + filled, text.size() - filled);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return wrong(strerror(errno));
    if (bytes == 0) break;
    filled += static_cast<size_t>(bytes);
  }
  text.resize(filled);
  return text;
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  absl::StatusOr<std::string> token = ReadWhole("--token-file", path, true);
  if (!token.ok()) return token;
  while (!token->empty() && (token->back() == '\n' || token->back() == '\r')) token->pop_back();
  bool plain = token->size() >= kLeastTokenBytes;
  for (unsigned char c : *token) plain = plain && c > ' ' && c < 0x7f;
  if (!plain) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--token-file: ", path, ": holds no token, which is a line of ", kLeastTokenBytes,
        " characters or more without blanks; make one: (umask 077; openssl rand -hex 32 > ", path,
        ")"));
  }
  return token;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseHosts(std::string_view text) {
  return ParseLowerCase(text, "a host's name, such as memmon.example.org", IsHostName);
}

absl::StatusOr<std::vector<std::string>> ParseOrigins(std::string_view text) {
  return ParseLowerCase(text, "a site's origin, such as https://dashboard.example.org", IsOrigin);
}

absl::Status CheckAccess(const Config& config) {
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return absl::InvalidArgumentError(
        config.tls_key.empty() ? "--tls-cert: needs its key, too; add --tls-key FILE"
                               : "--tls-key: needs its certificate, too; add --tls-cert FILE");
  }
  const bool tls = !config.tls_cert.empty();
  if (!tls && !config.tls_client_ca.empty()) {
    return absl::InvalidArgumentError(
        "--tls-client-ca: clients show certificates through TLS only; add --tls-cert FILE and "
        "--tls-key FILE");
  }
  const bool asks = !config.token_file.empty() || !config.tls_client_ca.empty();
  // Where nobody listens in, a token can go without TLS, which the loopback is.
  if ((tls && asks) || (config.insecure_listen && config.token_file.empty())) {
    return absl::OkStatus();
  }
  for (auto [flag, address] : {std::pair("--grpc-address", &config.grpc_address),
                               std::pair("--web-address", &config.web_address)}) {
    if (IsLoopback(address->host)) continue;
    std::string needed;
    if (!tls) needed = "--tls-cert FILE and --tls-key FILE";
    if (!asks) {
      absl::StrAppend(&needed, needed.empty() ? "" : ", and ",
                      "--token-file FILE or --tls-client-ca FILE");
    }
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": others reach ", address->ToString(), ", and could read along: add ",
                     needed, "; or listen on 127.0.0.1:", address->port, " and come by ssh -L ",
                     address->port, ":127.0.0.1:", address->port, " HOST"));
  }
  return absl::OkStatus();
}

absl::StatusOr<base::Access> LoadAccess(const Config& config) {
  base::Access access;
  access.open_details = config.open_details;
  struct {
    const char* flag;
    const std::string& path;
    bool secret;
    std::string* text;
  } const files[] = {
      {"--tls-cert", config.tls_cert, false, &access.certificate},
      {"--tls-key", config.tls_key, true, &access.key},
      {"--tls-client-ca", config.tls_client_ca, false, &access.client_ca},
  };
  for (const auto& file : files) {
    if (file.path.empty()) continue;
    absl::StatusOr<std::string> text = ReadWhole(file.flag, file.path, file.secret);
    if (!text.ok()) return text.status();
    *file.text = *std::move(text);
  }
  if (!config.token_file.empty()) {
    absl::StatusOr<std::string> token = ReadToken(config.token_file);
    if (!token.ok()) return token.status();
    access.token = *std::move(token);
  }
  return access;
}

}  // namespace memmon::config
