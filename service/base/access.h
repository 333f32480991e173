// SPDX-License-Identifier: Apache-2.0
//
// What whoever asks memmond must show, on both of its ports, and may see.

#ifndef MEMMON_BASE_ACCESS_H_
#define MEMMON_BASE_ACCESS_H_

#include <memory>
#include <string>

#include "base/token_check.h"

namespace memmon::base {

// Texts, not file names. Empty: not asked for.
struct Access {
  std::string certificate;  // PEM, with those between it and its authority
  std::string key;          // PEM, of the certificate
  std::string client_ca;    // PEM: clients show a certificate that one of these signed
  std::string token;        // clients say "authorization: Bearer TOKEN"
  // Addresses and command lines are for everybody who may ask, known or not.
  bool open_details = false;
  // Copies share it, and so do the ports.
  std::shared_ptr<TokenCheck> token_check = std::make_shared<TokenCheck>();

  bool tls() const { return !certificate.empty(); }
  // Whether those who come over TCP and are let in see addresses and command lines:
  // they have shown who they are, or nobody needs to.
  bool sees_details() const { return open_details || !token.empty() || !client_ca.empty(); }
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_ACCESS_H_
