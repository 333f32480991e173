// SPDX-License-Identifier: Apache-2.0

#include "ctl/failure.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ctl/text.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace memmon::ctl {
namespace {

// The fields that the server names as wrong, and why; else its message.
std::string Refusal(const grpc::Status& status) {
  google::rpc::Status details;
  std::string text;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) {
      google::rpc::BadRequest bad_request;
      if (!detail.UnpackTo(&bad_request)) continue;
      for (const auto& violation : bad_request.field_violations()) {
        absl::StrAppend(&text, text.empty() ? "" : "; ", violation.field(), ": ",
                        violation.description());
      }
    }
  }
  return text.empty() ? status.error_message() : text;
}

Failure NoConnection(const std::string& detail, const Asked& asked, const Messages& messages) {
  if (absl::StrContains(detail, "Permission denied")) {
    return {ExitStatus::kRefused, messages(Key::kSocketForbidden, asked.address)};
  }
  Key key = Key::kCannotConnect;
  if (absl::StrContains(detail, "Connection refused") ||
      absl::StrContains(detail, "No such file or directory")) {
    key = Key::kNobodyListens;
  } else if (absl::StrContains(detail, "DNS resolution failed") ||
             absl::StrContains(detail, "getaddrinfo")) {
    key = Key::kUnknownHost;
  } else if (absl::StrContains(detail, "Ssl handshake") || absl::StrContains(detail, "SSL_ERROR") ||
             absl::StrContains(detail, "CERTIFICATE_VERIFY_FAILED") ||
             absl::StrContains(detail, "Peer name")) {
    key = Key::kTlsRefused;
  } else if (absl::StrContains(detail, "Socket closed") ||
             absl::StrContains(detail, "SETTINGS frame") ||
             absl::StrContains(detail, "http1.x server") ||
             absl::StrContains(detail, "Connection reset")) {
    key = asked.tls ? Key::kTlsHangsUp : Key::kNotGrpc;
  }
  return {ExitStatus::kNoConnection, messages(key, asked.address, Printable(detail))};
}

}  // namespace

Failure Explain(const grpc::Status& status, const Asked& asked, const Messages& messages) {
  const std::string said = Printable(Refusal(status));
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      if (asked.connected) return {ExitStatus::kWrong, messages(Key::kServerUnavailable, said)};
      return NoConnection(status.error_message(), asked, messages);
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {ExitStatus::kNoConnection, messages(Key::kNoAnswer, asked.address)};
    case grpc::StatusCode::UNAUTHENTICATED:
      if (asked.token) return {ExitStatus::kRefused, messages(Key::kTokenWrong, asked.address)};
      return {ExitStatus::kRefused, messages(Key::kTokenRefused, said)};
    case grpc::StatusCode::PERMISSION_DENIED:
      return {ExitStatus::kRefused, messages(Key::kNotAllowed, said)};
    case grpc::StatusCode::UNIMPLEMENTED:
      return {ExitStatus::kWrong, messages(Key::kServerTooOld, asked.address)};
    case grpc::StatusCode::INVALID_ARGUMENT:
      return {ExitStatus::kUsage, messages(Key::kServerRefuses, said)};
    default:
      return {ExitStatus::kWrong, messages(Key::kServerSays, said)};
  }
}

bool IsPassing(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace memmon::ctl
