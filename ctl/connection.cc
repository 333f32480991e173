// SPDX-License-Identifier: Apache-2.0

#include "ctl/connection.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace memmon::ctl {
namespace {

// How long the network may take to connect.
constexpr int kConnectLimitMs = 5'000;

std::string FirstOf(const std::string& option, const std::string& variable) {
  return option.empty() ? variable : option;
}

}  // namespace

std::unique_ptr<Connection> Connection::Open(const ConnectionOptions& options,
                                             const Environment& environment,
                                             const std::string& socket_path,
                                             const Messages& messages, Stop* stop,
                                             Failure* failure) {
  const CredentialFiles files{
      FirstOf(options.files.tls_ca, environment.Get("MEMMON_TLS_CA")),
      FirstOf(options.files.tls_client_cert, environment.Get("MEMMON_TLS_CLIENT_CERT")),
      FirstOf(options.files.tls_client_key, environment.Get("MEMMON_TLS_CLIENT_KEY")),
      FirstOf(options.files.token, environment.Get("MEMMON_TOKEN_FILE"))};
  const std::optional<Credentials> shown = ReadCredentials(files, messages, failure);
  if (!shown) return nullptr;
  const bool tls = files.tls();
  const std::string told = FirstOf(options.address, environment.Get("MEMMON_ADDRESS"));
  if (absl::StartsWithIgnoreCase(told, "http://") || absl::StartsWithIgnoreCase(told, "https://")) {
    *failure = {ExitStatus::kUsage, messages(Key::kNoScheme, told)};
    return nullptr;
  }
  Address address = FindAddress(told, tls ? "" : socket_path, messages);
  if (!shown->token.empty() && !tls && !IsLocal(address.target)) {
    *failure = {ExitStatus::kUsage, messages(Key::kTokenInTheOpen, address.target)};
    return nullptr;
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = shown->tls_ca;
    ssl.pem_cert_chain = shown->tls_client_cert;
    ssl.pem_private_key = shown->tls_client_key;
    credentials = grpc::SslCredentials(ssl);
  }
  grpc::ChannelArguments arguments;
  // gRPC's limit of one attempt to connect goes by this, too.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectLimitMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kConnectLimitMs);
  auto channel = grpc::CreateCustomChannel(address.target, credentials, arguments);
  return std::unique_ptr<Connection>(
      new Connection(std::move(address), tls, std::move(channel), shown->token, messages, stop));
}

void Connection::Prepare(grpc::ClientContext* context) const {
  if (!token_.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token_));
}

Failure Connection::Explain(const grpc::Status& status) const {
  const bool connected = channel_->GetState(false) == GRPC_CHANNEL_READY;
  Failure failure =
      ctl::Explain(status, {address_.target, tls_, !token_.empty(), connected}, messages_);
  if (failure.status == ExitStatus::kNoConnection && !address_.tried.empty()) {
    failure.text = messages_(Key::kTriedBefore, failure.text, address_.tried);
  }
  return failure;
}

}  // namespace memmon::ctl
