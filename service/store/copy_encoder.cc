// SPDX-License-Identifier: Apache-2.0

#include "store/copy_encoder.h"

#include <endian.h>

#include <cstring>

#include "store/name_text.h"

namespace memmon::store {
namespace {

// PostgreSQL counts from 2000-01-01.
constexpr int64_t kPostgresEpochUnixUs = 946'684'800'000'000;
constexpr uint16_t kColumns = 25;
// Above any row: 24 fields of at most 12 bytes, the name, the count.
constexpr size_t kMaxRowBytes = 2 + 24 * 12 + 4 + kMaxNameTextBytes;

// Writes fields, each a length and a value, in network byte order.
class FieldWriter {
 public:
  explicit FieldWriter(char* out) : out_(out) {}

  void Raw16(uint16_t value) { Store(htobe16(value)); }
  void Raw32(uint32_t value) { Store(htobe32(value)); }
  void Put16(uint16_t value) {
    Raw32(2);
    Raw16(value);
  }
  void Put32(uint32_t value) {
    Raw32(4);
    Raw32(value);
  }
  void Put64(uint64_t value) {
    Raw32(8);
    Store(htobe64(value));
  }
  void PutNull() { Raw32(0xffffffff); }
  void PutText(std::string_view text) {
    Raw32(static_cast<uint32_t>(text.size()));
    std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }
  char* end() const { return out_; }

 private:
  template <typename T>
  void Store(T value) {
    std::memcpy(out_, &value, sizeof(value));
    out_ += sizeof(value);
  }
  char* out_;
};

}  // namespace

const std::string& CopyEncoder::Statement() {
  static const auto* const statement = new std::string(
      "COPY memmon.event (event_time, sequence, start_ns, mm_id, ticket, virtual_size_bytes,"
      " cgroup_id, address, length_bytes, result, lost_count, host_id, boot_row, capture_row,"
      " tgid, tid, prot, map_flags, uid, namespace_tgid, event_time_ns, kind, flags, cpu,"
      " process_name) FROM STDIN (FORMAT binary)");
  return *statement;
}

char* CopyEncoder::Reserve(size_t bytes) {
  if (buffer_.size() < used_ + bytes) buffer_.resize(2 * (used_ + bytes));
  return buffer_.data() + used_;
}

void CopyEncoder::AppendHeader() {
  // Signature, flags, length of the header's extension.
  static constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
  constexpr size_t kHeaderBytes = 19;
  std::memcpy(Reserve(kHeaderBytes), kHeader, kHeaderBytes);
  used_ += kHeaderBytes;
}

void CopyEncoder::AppendRow(const CaptureRows& rows, const model::Event& event,
                            int64_t time_unix_ns) {
  if (!has_name_ || event.comm != name_of_) {
    name_.clear();
    AppendNameText(event.name(), &name_);
    name_of_ = event.comm;
    has_name_ = true;
  }
  // Rounded down also before 1970.
  const int64_t time_ns = (time_unix_ns % 1000 + 1000) % 1000;
  const int64_t time_us = (time_unix_ns - time_ns) / 1000;

  char* const begin = Reserve(kMaxRowBytes);
  FieldWriter row(begin);
  row.Raw16(kColumns);
  row.Put64(static_cast<uint64_t>(time_us - kPostgresEpochUnixUs));
  row.Put64(event.sequence);
  row.Put64(event.start_ns);
  row.Put64(event.mm_id);
  row.Put64(event.ticket);
  row.Put64(event.virtual_size_bytes);
  row.Put64(event.cgroup_id);
  row.Put64(event.address);
  row.Put64(event.length_bytes);
  row.Put64(static_cast<uint64_t>(event.result));
  if (event.kind == model::EventKind::kLost) {
    row.Put64(event.lost_count);
  } else {
    row.PutNull();
  }
  row.Put32(static_cast<uint32_t>(rows.host_id));
  row.Put32(static_cast<uint32_t>(rows.boot_row));
  row.Put32(static_cast<uint32_t>(rows.capture_row));
  row.Put32(event.tgid);
  row.Put32(event.tid);
  row.Put32(event.prot);
  row.Put32(event.map_flags);
  row.Put32(event.uid);
  row.Put32(event.namespace_tgid);
  row.Put16(static_cast<uint16_t>(time_ns));
  row.Put16(static_cast<uint16_t>(event.kind));
  row.Put16(event.flags);
  row.Put16(event.cpu);
  row.PutText(name_);
  used_ += row.end() - begin;
}

void CopyEncoder::AppendTrailer() {
  FieldWriter trailer(Reserve(2));
  trailer.Raw16(0xffff);
  used_ += 2;
}

}  // namespace memmon::store
