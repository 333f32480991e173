// SPDX-License-Identifier: Apache-2.0
//
// Events as rows of COPY memmon.event FROM STDIN (FORMAT binary): a header,
// any number of rows, a trailer. Not thread-safe.

#ifndef MEMMON_STORE_COPY_ENCODER_H_
#define MEMMON_STORE_COPY_ENCODER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/event.h"

namespace memmon::store {

// Rows of the tables that an event belongs to.
struct CaptureRows {
  int32_t host_id = 0;
  int32_t boot_row = 0;
  int32_t capture_row = 0;
};

class CopyEncoder {
 public:
  // The statement whose input the rest is; it fixes the order of the columns.
  static const std::string& Statement();

  void AppendHeader();
  // `time_unix_ns` is the event's wall clock.
  void AppendRow(const CaptureRows& rows, const model::Event& event, int64_t time_unix_ns);
  void AppendTrailer();

  std::string_view data() const { return {buffer_.data(), used_}; }
  void Clear() { used_ = 0; }

 private:
  char* Reserve(size_t bytes);

  std::string buffer_;
  size_t used_ = 0;
  std::string name_;  // of the last row, as text
  std::array<char, 16> name_of_{};
  bool has_name_ = false;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_COPY_ENCODER_H_
