// SPDX-License-Identifier: Apache-2.0
//
// What memmonctl shows memmond, and whom it trusts: read from files.

#ifndef MEMMON_CTL_CREDENTIALS_H_
#define MEMMON_CTL_CREDENTIALS_H_

#include <optional>
#include <string>

#include "ctl/failure.h"
#include "ctl/messages.h"

namespace memmon::ctl {

// Names of files; empty: not used. All but `token` are PEM.
struct CredentialFiles {
  std::string tls_ca;
  std::string tls_client_cert;
  std::string tls_client_key;
  std::string token;

  bool tls() const {
    return !tls_ca.empty() || !tls_client_cert.empty() || !tls_client_key.empty();
  }
};

// What is in them.
struct Credentials {
  std::string tls_ca;
  std::string tls_client_cert;
  std::string tls_client_key;
  std::string token;
};

// Nothing, with `failure` set, where a file cannot be read or holds something else, or
// where one is nothing without another that is not given.
std::optional<Credentials> ReadCredentials(const CredentialFiles& files, const Messages& messages,
                                           Failure* failure);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_CREDENTIALS_H_
