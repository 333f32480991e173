// SPDX-License-Identifier: Apache-2.0
//
// TLS as the web port speaks it: 1.2 and 1.3.

#ifndef MEMMON_WEB_TLS_H_
#define MEMMON_WEB_TLS_H_

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "absl/status/statusor.h"
#include "base/access.h"

namespace memmon::web {

// From a certificate and its key, and, where there is a client authority, for
// those alone whom it signed. INVALID_ARGUMENT, in one line, where they cannot be
// used.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const base::Access& access);

}  // namespace memmon::web

#endif  // MEMMON_WEB_TLS_H_
