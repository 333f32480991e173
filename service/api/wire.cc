// SPDX-License-Identifier: Apache-2.0

#include "api/wire.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "api/convert.h"
#include "base/utf8.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

using google::protobuf::io::CodedOutputStream;

enum WireType : uint32_t { kVarint = 0, kBytes = 2 };

constexpr uint32_t Tag(int number, WireType type) {
  return static_cast<uint32_t>(number) << 3 | type;
}

// Writes fields into memory that is large enough. Those that are 0 or empty are left
// out, as proto3 has it.
class Fields {
 public:
  explicit Fields(uint8_t* begin) : begin_(begin), at_(begin) {}

  void Number(int number, uint64_t value) {
    if (value == 0) return;
    at_ = CodedOutputStream::WriteTagToArray(Tag(number, kVarint), at_);
    at_ = CodedOutputStream::WriteVarint64ToArray(value, at_);
  }
  void Signed(int number, int64_t value) { Number(number, static_cast<uint64_t>(value)); }
  void Text(int number, std::string_view text) {
    if (!text.empty()) Bytes(number, text.data(), text.size());
  }
  void Time(int number, int64_t unix_ns) {
    const UnixTime time = ToUnixTime(unix_ns);
    std::array<uint8_t, 32> bytes;
    Fields fields(bytes.data());
    fields.Signed(google::protobuf::Timestamp::kSecondsFieldNumber, time.seconds);
    fields.Signed(google::protobuf::Timestamp::kNanosFieldNumber, time.nanos);
    Bytes(number, fields.begin_, fields.size());
  }
  size_t size() const { return static_cast<size_t>(at_ - begin_); }

 private:
  void Bytes(int number, const void* bytes, size_t size) {
    at_ = CodedOutputStream::WriteTagToArray(Tag(number, kBytes), at_);
    at_ = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(size), at_);
    memcpy(at_, bytes, size);
    at_ += size;
  }

  uint8_t* const begin_;
  uint8_t* at_;
};

// The longest event: 20 fields of 12 bytes at most, but for the name and the time.
constexpr size_t kMostEventBytes = 320;

constexpr int kEventsField = v1::StreamEventsResponse::kEventsFieldNumber;

// What stands before the `size` bytes of field `number`.
std::string FieldHead(int number, size_t size) {
  std::array<uint8_t, 16> bytes;
  uint8_t* at = CodedOutputStream::WriteTagToArray(Tag(number, kBytes), bytes.data());
  at = CodedOutputStream::WriteVarint64ToArray(size, at);
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(at - bytes.data())};
}

}  // namespace

void AppendEvent(const model::Event& event, int64_t unix_ns, const EventFields& fields,
                 std::string* out) {
  using Field = v1::Event;
  const bool is_loss = event.kind == model::EventKind::kLost;
  const EventFields wanted = is_loss ? EventFields() : fields;
  std::array<uint8_t, kMostEventBytes> bytes;
  Fields to(bytes.data());
  const auto add = [&](int number, uint64_t value) {
    if (wanted.Has(number)) to.Number(number, value);
  };
  // In the order of their numbers.
  add(Field::kKindFieldNumber, static_cast<uint64_t>(event.kind));
  add(Field::kCpuFieldNumber, event.cpu);
  add(Field::kSequenceFieldNumber, event.sequence);
  if (wanted.Has(Field::kEventTimeFieldNumber)) to.Time(Field::kEventTimeFieldNumber, unix_ns);
  if (is_loss) {
    add(Field::kLostCountFieldNumber, event.lost_count);
  } else {
    add(Field::kPidFieldNumber, event.tgid);
    add(Field::kTidFieldNumber, event.tid);
    add(Field::kStartNsFieldNumber, event.start_ns);
    if (wanted.Has(Field::kProcessNameFieldNumber)) {
      to.Text(Field::kProcessNameFieldNumber, base::ToValidUtf8(event.name()));
    }
    add(Field::kUidFieldNumber, event.uid);
    add(Field::kCgroupIdFieldNumber, event.cgroup_id);
    add(Field::kAddressFieldNumber, event.address);
    add(Field::kLengthBytesFieldNumber, event.length_bytes);
    add(Field::kProtFieldNumber, event.prot);
    add(Field::kMapFlagsFieldNumber, event.map_flags);
    if (!wanted.details_hidden() || !event.result_is_address()) {
      add(Field::kResultFieldNumber, static_cast<uint64_t>(event.result));
    }
    add(Field::kVirtualSizeBytesFieldNumber, event.virtual_size_bytes);
    add(Field::kMmIdFieldNumber, event.mm_id);
    add(Field::kNamespacePidFieldNumber, event.namespace_tgid);
    to.Number(Field::kDetailsHiddenFieldNumber, wanted.details_hidden() ? 1 : 0);
  }
  out->append(FieldHead(kEventsField, to.size()));
  out->append(reinterpret_cast<const char*>(bytes.data()), to.size());
}

grpc::Slice ToSlice(std::string bytes) {
  auto* owned = new std::string(std::move(bytes));
  return grpc::Slice(
      owned->data(), owned->size(), [](void* string) { delete static_cast<std::string*>(string); },
      owned);
}

grpc::ByteBuffer AsField(int number, const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> content;
  bytes.Dump(&content);  // fails for compressed bytes alone
  std::vector<grpc::Slice> slices{ToSlice(FieldHead(number, bytes.Length()))};
  slices.insert(slices.end(), content.begin(), content.end());
  return {slices.data(), slices.size()};
}

}  // namespace memmon::api
