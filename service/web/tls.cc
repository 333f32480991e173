// SPDX-License-Identifier: Apache-2.0

#include "web/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace memmon::web {
namespace {

namespace ssl = boost::asio::ssl;

}  // namespace

absl::StatusOr<std::shared_ptr<ssl::context>> MakeTlsContext(const base::Access& access) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                       SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code error;
  // Nobody is there to type a passphrase.
  context->set_password_callback([](size_t, ssl::context::password_purpose) { return ""; }, error);
  context->use_certificate_chain(boost::asio::buffer(access.certificate), error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tls-cert: no certificate in PEM (", error.message(),
                     "); the file begins with -----BEGIN CERTIFICATE-----"));
  }
  context->use_private_key(boost::asio::buffer(access.key), ssl::context::pem, error);
  if (error) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--tls-key: no private key of this certificate, in PEM and without a passphrase (",
        error.message(),
        "); compare: openssl x509 -noout -pubkey -in CERT, openssl pkey -pubout "
        "-in KEY"));
  }
  if (access.client_ca.empty()) return context;
  context->add_certificate_authority(boost::asio::buffer(access.client_ca), error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tls-client-ca: no certificate in PEM (", error.message(),
                     "); the file begins with -----BEGIN CERTIFICATE-----"));
  }
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, error);
  // A session that is resumed belongs to a server; without a name OpenSSL
  // refuses it where clients show certificates.
  static constexpr unsigned char kName[] = "memmond";
  SSL_CTX_set_session_id_context(context->native_handle(), kName, sizeof(kName) - 1);
  return context;
}

}  // namespace memmon::web
