// SPDX-License-Identifier: Apache-2.0
//
// Whose calls are shown details (api/details.h); all else is for everybody who may ask
// at all.
//
// It is decided by the way a call came, since TCP does not say which user asks: whoever
// may open the Unix socket sees all, and so does everybody who comes over TCP where a
// token or a certificate is asked for, as nobody else gets as far as this.
//
// Thread safety: all functions, from any thread.

#ifndef MEMMON_API_CALLERS_H_
#define MEMMON_API_CALLERS_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <string_view>

#include "api/details.h"
#include "base/access.h"

namespace memmon::api {

class Callers {
 public:
  explicit Callers(const base::Access& access)
      : of_tcp_(access.sees_details() ? Details::kShown : Details::kHidden) {}

  // `context`: of a call over any port; also over the in-process channel, whose callers
  // came over TCP, too, and were let in by the web port.
  Details DetailsFor(const grpc::ServerContextBase& context) const;

 private:
  const Details of_tcp_;
};

// PERMISSION_DENIED with the cure, for a call that answers with nothing but details.
// `what`: what they are, as the sentence begins: "records are".
grpc::Status DetailsHidden(std::string_view what);

}  // namespace memmon::api

#endif  // MEMMON_API_CALLERS_H_
