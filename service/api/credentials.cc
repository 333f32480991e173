// SPDX-License-Identifier: Apache-2.0

#include "api/credentials.h"

#include <grpcpp/security/auth_metadata_processor.h>

#include <string>
#include <utility>

#include "base/bearer.h"

namespace memmon::api {
namespace {

constexpr char kKey[] = "authorization";

class TokenCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit TokenCheck(std::string token) : token_(std::move(token)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* /*context*/,
                       OutputMetadata* /*consumed*/, OutputMetadata* /*response*/) override {
    auto found = metadata.find(kKey);
    if (found != metadata.end() &&
        base::BringsToken({found->second.data(), found->second.size()}, token_)) {
      return grpc::Status::OK;
    }
    return grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                        "a token is needed: send metadata \"authorization: Bearer TOKEN\" with "
                        "the one in memmond's --token-file");
  }

 private:
  const std::string token_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeCredentials(const base::Access& access) {
  std::shared_ptr<grpc::ServerCredentials> credentials;
  if (access.tls()) {
    grpc::SslServerCredentialsOptions options(
        access.client_ca.empty() ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                 : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_key_cert_pairs.push_back({access.key, access.certificate});
    options.pem_root_certs = access.client_ca;
    credentials = grpc::SslServerCredentials(options);
  } else if (access.token.empty()) {
    return grpc::InsecureServerCredentials();
  } else {
    // These, unlike insecure ones, can check a call. They add nothing to the wire,
    // and take connections of this machine alone.
    credentials = grpc::experimental::LocalServerCredentials(LOCAL_TCP);
  }
  if (!access.token.empty()) {
    credentials->SetAuthMetadataProcessor(std::make_shared<TokenCheck>(access.token));
  }
  return credentials;
}

}  // namespace memmon::api
