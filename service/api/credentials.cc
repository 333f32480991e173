// SPDX-License-Identifier: Apache-2.0

#include "api/credentials.h"

#include <grpcpp/security/auth_metadata_processor.h>

#include <string>
#include <string_view>

#include "base/token_check.h"

namespace memmon::api {
namespace {

constexpr char kKey[] = "authorization";

class TokenProcessor final : public grpc::AuthMetadataProcessor {
 public:
  explicit TokenProcessor(const base::Access& access)
      : token_(access.token), check_(access.token_check) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* /*context*/,
                       OutputMetadata* /*consumed*/, OutputMetadata* /*response*/) override {
    const auto found = metadata.find(kKey);
    const std::string_view header =
        found == metadata.end() ? std::string_view()
                                : std::string_view(found->second.data(), found->second.size());
    switch (check_->Look(header, token_)) {
      case base::TokenVerdict::kGood:
        return grpc::Status::OK;
      case base::TokenVerdict::kTooMany:
        return {grpc::StatusCode::RESOURCE_EXHAUSTED, base::kTooManyWrongTokens};
      case base::TokenVerdict::kWrong:
        break;
    }
    return {grpc::StatusCode::UNAUTHENTICATED,
            "a token is needed: send metadata \"authorization: Bearer TOKEN\" with "
            "the one in memmond's --token-file"};
  }

 private:
  const std::string token_;
  const std::shared_ptr<base::TokenCheck> check_;
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
    credentials->SetAuthMetadataProcessor(std::make_shared<TokenProcessor>(access));
  }
  return credentials;
}

}  // namespace memmon::api
