// SPDX-License-Identifier: Apache-2.0

#include "ctl/connection.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace memmon::ctl {
namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:50051";
constexpr char kDefaultPort[] = "50051";
// How long the network may take to connect.
constexpr int kConnectLimitMs = 5'000;

std::string FirstOf(const std::string& option, const std::string& variable) {
  return option.empty() ? variable : option;
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file.is_open() || file.bad()) return std::nullopt;
  return text;
}

// A host alone gets memmond's port.
std::string WithPort(const std::string& address) {
  const bool bare_v6 = address.find(':') != address.rfind(':') && address[0] != '[';
  if (absl::StartsWith(address, "unix:")) return address;
  if (bare_v6) return absl::StrCat("[", address, "]:", kDefaultPort);
  const size_t bracket = address.rfind(']');
  const size_t colon = address.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  return has_port ? address : absl::StrCat(address, ":", kDefaultPort);
}

// Nobody else can read what goes there.
bool IsLocal(const std::string& address) {
  for (const char* prefix : {"127.", "localhost:", "[::1]:", "unix:"}) {
    if (absl::StartsWith(address, prefix)) return true;
  }
  return false;
}

}  // namespace

std::unique_ptr<Connection> Connection::Open(const ConnectionOptions& options,
                                             const Environment& environment,
                                             const Messages& messages, Stop* stop,
                                             Failure* failure) {
  std::string address = FirstOf(options.address, environment.Get("MEMMON_ADDRESS"));
  address = WithPort(address.empty() ? kDefaultAddress : address);
  const std::string ca_file = FirstOf(options.tls_ca, environment.Get("MEMMON_TLS_CA"));
  const std::string token_file = FirstOf(options.token_file, environment.Get("MEMMON_TOKEN_FILE"));

  std::string token;
  if (!token_file.empty()) {
    const std::optional<std::string> text = ReadFile(token_file);
    if (!text) {
      *failure = {ExitStatus::kUsage,
                  messages(Key::kCannotRead, "--token-file", token_file, strerror(errno))};
      return nullptr;
    }
    token = std::string(absl::StripAsciiWhitespace(*text));
    // What else there could be would end the header, or begin another.
    for (const char c : token) {
      if (!absl::ascii_isgraph(static_cast<unsigned char>(c))) token.clear();
    }
    if (token.empty()) {
      *failure = {ExitStatus::kUsage, messages(Key::kNoToken, token_file)};
      return nullptr;
    }
    if (ca_file.empty() && !IsLocal(address)) {
      *failure = {ExitStatus::kUsage, messages(Key::kTokenInTheOpen, address)};
      return nullptr;
    }
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!ca_file.empty()) {
    const std::optional<std::string> pem = ReadFile(ca_file);
    if (!pem) {
      *failure = {ExitStatus::kUsage,
                  messages(Key::kCannotRead, "--tls-ca", ca_file, strerror(errno))};
      return nullptr;
    }
    if (!absl::StrContains(*pem, "-----BEGIN CERTIFICATE-----")) {
      *failure = {ExitStatus::kUsage, messages(Key::kNoCertificate, ca_file)};
      return nullptr;
    }
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = *pem;
    credentials = grpc::SslCredentials(ssl);
  }
  grpc::ChannelArguments arguments;
  // gRPC's limit of one attempt to connect goes by this, too.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectLimitMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kConnectLimitMs);
  auto channel = grpc::CreateCustomChannel(address, credentials, arguments);
  return std::unique_ptr<Connection>(
      new Connection(std::move(address), std::move(channel), std::move(token), messages, stop));
}

void Connection::Prepare(grpc::ClientContext* context) const {
  if (!token_.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
}

Failure Connection::Explain(const grpc::Status& status) const {
  const bool connected = channel_->GetState(false) == GRPC_CHANNEL_READY;
  return ctl::Explain(status, connected, address_, messages_);
}

}  // namespace memmon::ctl
