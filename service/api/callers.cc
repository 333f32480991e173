// SPDX-License-Identifier: Apache-2.0

#include "api/callers.h"

#include <string>

namespace memmon::api {

Details Callers::DetailsFor(const grpc::ServerContextBase& context) const {
  // So gRPC names who comes over the Unix socket, and nobody else. A client may have bound
  // its own end to a name ("unix-abstract:"): that one is shown less, not more.
  return context.peer().starts_with("unix:") ? Details::kShown : of_tcp_;
}

grpc::Status DetailsHidden(std::string_view what) {
  return {grpc::StatusCode::PERMISSION_DENIED,
          std::string(what) +
              " not for everybody on this machine: ask over memmond's Unix socket (--grpc-socket "
              "PATH), or start memmond with --token-file FILE and send the token, or with "
              "--open-details yes where everybody may see them"};
}

}  // namespace memmon::api
