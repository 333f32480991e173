// SPDX-License-Identifier: Apache-2.0
//
// Numbers and bytes in a row, little-endian, as the spool's files have them.
// A reader that runs over the end gives zeros and remembers it. Not
// thread-safe.

#ifndef MEMMON_STORE_BYTES_H_
#define MEMMON_STORE_BYTES_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace memmon::store {

static_assert(std::endian::native == std::endian::little, "memmon runs on x86-64");

class ByteWriter {
 public:
  // Appends to `out`, which must outlive it.
  explicit ByteWriter(std::string* out) : out_(out) {}

  template <typename T>
  void Put(T value) {
    static_assert(std::is_integral_v<T>);
    out_->append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void PutBytes(std::string_view bytes) { out_->append(bytes); }

 private:
  std::string* const out_;
};

class ByteReader {
 public:
  // `bytes` must outlive it.
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Get() {
    static_assert(std::is_integral_v<T>);
    T value = 0;
    const std::string_view raw = GetBytes(sizeof(value));
    if (ok_) std::memcpy(&value, raw.data(), sizeof(value));
    return value;
  }
  std::string_view GetBytes(size_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      bytes_ = {};
    }
    const std::string_view got = ok_ ? bytes_.substr(0, size) : std::string_view();
    bytes_.remove_prefix(got.size());
    return got;
  }

  // Nothing was asked for beyond the end.
  bool ok() const { return ok_; }
  size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_BYTES_H_
