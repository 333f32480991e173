// SPDX-License-Identifier: Apache-2.0

#include "ctl/credentials.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace memmon::ctl {
namespace {

bool ReadFile(const char* option, const std::string& path, const Messages& messages,
              std::string* text, Failure* failure) {
  if (path.empty()) return true;
  std::ifstream file(path, std::ios::binary);
  text->assign(std::istreambuf_iterator<char>(file), {});
  if (file.is_open() && !file.bad()) return true;
  *failure = {ExitStatus::kUsage, messages(Key::kCannotRead, option, path, strerror(errno))};
  return false;
}

// `begin` is what a PEM file of its kind holds.
bool ReadPem(const char* option, const std::string& path, const char* begin, Key none,
             const Messages& messages, std::string* text, Failure* failure) {
  if (!ReadFile(option, path, messages, text, failure)) return false;
  if (path.empty() || absl::StrContains(*text, begin)) return true;
  *failure = {ExitStatus::kUsage, messages(none, option, path)};
  return false;
}

// Both in PEM. gRPC says of two that do not belong together that there is no address.
bool IsKeyOf(const std::string& key, const std::string& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> certificate_text(
      BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size())), BIO_free_all);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> key_text(
      BIO_new_mem_buf(key.data(), static_cast<int>(key.size())), BIO_free_all);
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr), X509_free);
  // An empty pass phrase: nobody is asked for one.
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, const_cast<char*>("")),
      EVP_PKEY_free);
  return x509 && pkey && X509_check_private_key(x509.get(), pkey.get()) == 1;
}

bool ReadToken(const std::string& path, const Messages& messages, std::string* token,
               Failure* failure) {
  if (!ReadFile("--token-file", path, messages, token, failure)) return false;
  if (path.empty()) return true;
  absl::StripAsciiWhitespace(token);
  // What else there could be would end the header, or begin another.
  const bool fine = std::all_of(token->begin(), token->end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (fine && !token->empty()) return true;
  *failure = {ExitStatus::kUsage, messages(Key::kNoToken, path)};
  return false;
}

}  // namespace

std::optional<Credentials> ReadCredentials(const CredentialFiles& files, const Messages& messages,
                                           Failure* failure) {
  if (files.tls() && files.tls_ca.empty()) {
    *failure = {ExitStatus::kUsage, messages(Key::kClientCertificateNeedsCa)};
    return std::nullopt;
  }
  if (files.tls_client_cert.empty() != files.tls_client_key.empty()) {
    *failure = {ExitStatus::kUsage, messages(Key::kCertificateAndKey)};
    return std::nullopt;
  }
  constexpr char kCertificate[] = "-----BEGIN CERTIFICATE-----";
  constexpr char kPrivateKey[] = "PRIVATE KEY-----";
  Credentials read;
  if (!ReadPem("--tls-ca", files.tls_ca, kCertificate, Key::kNoCertificate, messages, &read.tls_ca,
               failure) ||
      !ReadPem("--tls-client-cert", files.tls_client_cert, kCertificate, Key::kNoCertificate,
               messages, &read.tls_client_cert, failure) ||
      !ReadPem("--tls-client-key", files.tls_client_key, kPrivateKey, Key::kNoPrivateKey, messages,
               &read.tls_client_key, failure) ||
      !ReadToken(files.token, messages, &read.token, failure)) {
    return std::nullopt;
  }
  if (!files.tls_client_key.empty() && !IsKeyOf(read.tls_client_key, read.tls_client_cert)) {
    *failure = {ExitStatus::kUsage,
                messages(Key::kNoPrivateKey, "--tls-client-key", files.tls_client_key)};
    return std::nullopt;
  }
  return read;
}

}  // namespace memmon::ctl
