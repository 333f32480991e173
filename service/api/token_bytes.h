// SPDX-License-Identifier: Apache-2.0
//
// The bytes of tokens: numbers, a checksum at their end, and characters that
// are good in URLs around it all.

#ifndef MEMMON_API_TOKEN_BYTES_H_
#define MEMMON_API_TOKEN_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace memmon::api {

// FNV-1a: the same in every process, unlike absl::Hash.
class Hasher {
 public:
  void Bytes(std::string_view bytes) {
    for (unsigned char c : bytes) hash_ = (hash_ ^ c) * 0x100000001b3;
  }
  void Number(uint64_t number) {
    for (int i = 0; i < 8; ++i) {
      char c = static_cast<char>(number >> (8 * i));
      Bytes({&c, 1});
    }
  }
  void Texts(const std::vector<std::string>& texts) {
    Number(texts.size());
    for (const std::string& text : texts) {
      Number(text.size());
      Bytes(text);
    }
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

class TokenWriter {
 public:
  void Put(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
  // Seven bits a byte: small numbers are short.
  void PutShort(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  void PutBytes(std::string_view bytes) { bytes_ += bytes; }
  std::string Finish() {
    Hasher hasher;
    hasher.Bytes(bytes_);
    Put(hasher.hash() & 0xffffffff, 4);
    return absl::WebSafeBase64Escape(bytes_);
  }

 private:
  std::string bytes_;
};

// After a number that is not there, ok() is false and all others are 0.
class TokenReader {
 public:
  // Nothing where `token` is not what a TokenWriter finished.
  static std::optional<TokenReader> Open(std::string_view token) {
    TokenReader reader;
    std::string bytes;
    if (!absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes) ||
        bytes.size() < 4) {
      return std::nullopt;
    }
    Hasher hasher;
    hasher.Bytes(std::string_view(bytes).substr(0, bytes.size() - 4));
    reader.bytes_ = bytes.substr(bytes.size() - 4);
    if (reader.Take(4) != (hasher.hash() & 0xffffffff)) return std::nullopt;
    bytes.resize(bytes.size() - 4);
    reader.bytes_ = std::move(bytes);
    reader.at_ = 0;
    return reader;
  }

  uint64_t Take(int bytes) {
    if (!Has(static_cast<size_t>(bytes))) return 0;
    uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) value |= uint64_t{Byte()} << (8 * i);
    return value;
  }
  uint64_t TakeShort() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!Has(1)) return 0;
      const uint8_t byte = Byte();
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  std::string_view TakeBytes(size_t count) {
    if (!Has(count)) return {};
    at_ += count;
    return std::string_view(bytes_).substr(at_ - count, count);
  }

  size_t left() const { return bytes_.size() - at_; }
  bool ok() const { return ok_; }

 private:
  bool Has(size_t count) {
    if (left() < count) ok_ = false;
    return ok_;
  }
  uint8_t Byte() { return static_cast<uint8_t>(bytes_[at_++]); }

  std::string bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace memmon::api

#endif  // MEMMON_API_TOKEN_BYTES_H_
