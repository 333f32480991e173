// SPDX-License-Identifier: Apache-2.0

#include "device/decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "device/layout.h"

namespace memmon::device {
namespace {

// No address space is as large as this. Keeps its size in bytes exact.
constexpr uint64_t kMaxAddressSpaceBytes = uint64_t{1} << 63;

// A bit a kind.
constexpr uint64_t KindSet(std::initializer_list<memmon_kind> kinds) {
  uint64_t set = 0;
  for (const memmon_kind kind : kinds) set |= uint64_t{1} << kind;
  return set;
}

constexpr bool IsIn(uint64_t set, uint16_t kind) { return kind < 64 && (set >> kind & 1) != 0; }

// Events made by a probe, so on a CPU; and those made by none.
constexpr uint64_t kOfCpu =
    KindSet({MEMMON_MMAP, MEMMON_MUNMAP, MEMMON_MREMAP, MEMMON_BRK, MEMMON_STACK, MEMMON_SPECIAL,
             MEMMON_UNMAP, MEMMON_FORK, MEMMON_EXEC, MEMMON_EXIT, MEMMON_MM_EXIT});
constexpr uint64_t kOfNoCpu = KindSet({MEMMON_BASELINE, MEMMON_RESYNC, MEMMON_RESYNC_END});

// Becomes the event that the record at `bytes` tells of, in the place it is put.
struct Converted {
  const std::byte* bytes;
  uint32_t page_size;

  explicit operator model::Event() const {
    model::Event event;
    static_assert(kLaidOutAlike, "field by field, then");
    std::memcpy(static_cast<void*>(&event), bytes, kRecordSize);
    event.virtual_size_bytes *= page_size;  // it was in pages
    return event;
  }
};

std::string CpuName(uint16_t cpu) {
  return cpu == MEMMON_CPU_NONE ? std::string("the baseline") : absl::StrCat("CPU ", cpu);
}

}  // namespace

// Cuts the events of one call into batches.
class Decoder::Writer {
 public:
  Writer(size_t max_events, size_t records, std::vector<model::SharedBatch>* batches)
      : max_events_(max_events), records_left_(records), batches_(batches) {}
  ~Writer() { Flush(); }

  void CountRecord() { --records_left_; }

  template <typename... From>
  model::Event* Add(const std::shared_ptr<const model::Capture>& capture, From&&... from) {
    if (room_ == 0) [[unlikely]] {
      Begin(capture);
    }
    --room_;
    return &batch_->events.emplace_back(std::forward<From>(from)...);
  }

  void Flush() {
    room_ = 0;
    if (batch_ != nullptr) batches_->push_back(std::exchange(batch_, nullptr));
  }

 private:
  [[gnu::noinline]] void Begin(const std::shared_ptr<const model::Capture>& capture) {
    Flush();
    batch_ = std::make_shared<model::Batch>();
    batch_->capture = capture;
    batch_->events.reserve(std::min(max_events_, records_left_ + 1));
    room_ = max_events_;
  }

  const size_t max_events_;
  size_t room_ = 0;  // in batch_
  size_t records_left_;
  std::vector<model::SharedBatch>* const batches_;
  std::shared_ptr<model::Batch> batch_;
};

Decoder::Decoder(size_t max_batch_events) : max_batch_events_(max_batch_events) {
  counters_.name = "decoder";
}

absl::Status Decoder::Decode(std::span<const std::byte> bytes,
                             std::vector<model::SharedBatch>* batches) {
  if (!broken_.ok()) return broken_;
  const size_t records = (carried_.size() + bytes.size()) / kRecordSize;
  Writer writer(max_batch_events_, records, batches);
  const auto decode = [&](const std::byte* record) {
    writer.CountRecord();
    broken_ = DecodeRecord(record, &writer);
    if (broken_.ok()) offset_ += kRecordSize;
    return broken_.ok();
  };

  if (!carried_.empty()) {
    const size_t take = std::min(kRecordSize - carried_.size(), bytes.size());
    carried_.insert(carried_.end(), bytes.begin(), bytes.begin() + take);
    bytes = bytes.subspan(take);
    if (carried_.size() < kRecordSize) return absl::OkStatus();
    if (!decode(carried_.data())) return broken_;
    carried_.clear();
  }
  for (; bytes.size() >= kRecordSize; bytes = bytes.subspan(kRecordSize)) {
    if (DecodeNext(bytes.data(), &writer)) [[likely]] {
      writer.CountRecord();
      offset_ += kRecordSize;
    } else if (!decode(bytes.data())) {
      return broken_;
    }
  }
  carried_.assign(bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::Status Decoder::Finish() const {
  if (!broken_.ok()) return broken_;
  if (!carried_.empty()) {
    return absl::DataLossError(absl::StrCat("the stream is cut short: its last record, at byte ",
                                            offset_, ", has ", carried_.size(), " of ", kRecordSize,
                                            " bytes; everything before it was read"));
  }
  if (capture_ == nullptr) {
    return absl::DataLossError("the stream is empty: not even a HEADER record is there");
  }
  return absl::OkStatus();
}

void Decoder::Reset() {
  capture_ = nullptr;
  streams_.clear();
  expected_.clear();
  baseline_ = {};
  expected_baseline_ = 0;
  carried_.clear();
  offset_ = 0;
  broken_ = absl::OkStatus();
}

template <typename... Parts>
absl::Status Decoder::BrokenAt(const Parts&... parts) const {
  return absl::DataLossError(
      absl::StrCat("the stream is broken at byte ", offset_, ": ", parts...));
}

// One field of the record at `bytes`: to load all of it would cost as much again.
#define FIELD(name) Load<decltype(memmon_event::name)>(bytes + offsetof(memmon_event, name))

bool Decoder::DecodeNext(const std::byte* bytes, Writer* writer) {
  const uint16_t cpu = FIELD(cpu);
  if (!IsIn(kOfCpu, FIELD(kind)) || FIELD(reserved) != 0 || cpu >= expected_.size()) return false;
  const uint64_t seq = FIELD(seq);
  if (seq != expected_[cpu] || seq + 1 == 0) return false;
  if (bytes[offsetof(memmon_event, comm) + MEMMON_COMM_LEN - 1] != std::byte{0}) return false;
  if (FIELD(total_vm) >= end_of_pages_) return false;
  expected_[cpu] = seq + 1;
  ++streams_[cpu].received;
  ++counters_.in;
  ++counters_.out;
  writer->Add(capture_, Converted{bytes, capture_->page_size_bytes});
  return true;
}

#undef FIELD

absl::Status Decoder::DecodeRecord(const std::byte* bytes, Writer* writer) {
  const auto record = Load<memmon_event>(bytes);
  if (record.kind == MEMMON_HEADER) return DecodeHeader(bytes, writer);
  if (capture_ == nullptr) {
    return BrokenAt("it does not begin with a HEADER record; is it a recording of ", MEMMON_DEVICE,
                    ", made on a machine of this byte order?");
  }
  const model::Capture& capture = *capture_;

  if (record.kind == 0) return BrokenAt("a record of kind 0");
  if (record.reserved != 0) return BrokenAt("reserved bytes are not 0");
  const bool is_lost = record.kind == MEMMON_LOST;
  const bool of_no_cpu = record.cpu == MEMMON_CPU_NONE;
  if (!of_no_cpu && record.cpu >= capture.cpu_count) {
    return BrokenAt("CPU ", record.cpu, ", but the machine has ", capture.cpu_count);
  }
  const bool is_known = IsIn(kOfCpu | kOfNoCpu, record.kind);
  if (is_known && of_no_cpu != IsIn(kOfNoCpu, record.kind)) {
    return BrokenAt("kind ", record.kind, " in the sub-stream of ", CpuName(record.cpu));
  }

  uint64_t& expected = of_no_cpu ? expected_baseline_ : expected_[record.cpu];
  model::StreamCounters& stream = of_no_cpu ? baseline_ : streams_[record.cpu];
  if (record.seq < expected) {
    return BrokenAt("sequence number ", record.seq, " of ", CpuName(record.cpu), " where ",
                    expected, " or more must come");
  }
  uint64_t counts = 1;  // numbers that the record stands for
  if (is_lost) {
    const auto lost = Load<memmon_lost>(bytes);
    counts = lost.count;
    if (counts == 0) return BrokenAt("a LOST record that counts nothing");
    if (lost.last_ns < lost.time_ns) return BrokenAt("a LOST record that ends before it begins");
  } else if (is_known) {
    if (record.comm[MEMMON_COMM_LEN - 1] != 0) return BrokenAt("a name without an end");
    if (record.total_vm >= end_of_pages_) {
      return BrokenAt("an address space of ", record.total_vm, " pages");
    }
  }
  if (record.seq + counts < record.seq) {
    return BrokenAt("sequence number ", record.seq, " of ", CpuName(record.cpu),
                    " is out of any range");
  }

  if (record.seq != expected) [[unlikely]] {
    model::Event* hole = writer->Add(capture_);
    hole->kind = model::EventKind::kLost;
    hole->cpu = record.cpu;
    hole->sequence = expected;
    hole->time_ns = record.time_ns;
    hole->lost_until_ns = record.time_ns;
    hole->lost_count = record.seq - expected;
    stream.unexplained += hole->lost_count;
  }
  expected = record.seq + counts;
  ++counters_.in;
  if (is_lost) {
    const auto lost = Load<memmon_lost>(bytes);
    model::Event* event = writer->Add(capture_);
    event->kind = model::EventKind::kLost;
    event->cpu = lost.cpu;
    event->sequence = lost.seq;
    event->time_ns = lost.time_ns;
    event->lost_count = lost.count;
    event->lost_until_ns = lost.last_ns;
    stream.lost += lost.count;
    ++counters_.out;
  } else {
    ++stream.received;
    if (is_known) {
      writer->Add(capture_, Converted{bytes, capture.page_size_bytes});
      ++counters_.out;
    } else {
      ++counters_.dropped;
    }
  }
  return absl::OkStatus();
}

absl::Status Decoder::DecodeHeader(const std::byte* bytes, Writer* writer) {
  const auto header = Load<memmon_header>(bytes);
  if (header.magic != MEMMON_MAGIC) {
    return BrokenAt("a HEADER record without memmon's magic number; is it a recording of ",
                    MEMMON_DEVICE, ", made on a machine of this byte order?");
  }
  if (header.abi_version != MEMMON_ABI_VERSION) {
    return absl::FailedPreconditionError(
        absl::StrCat("the stream at byte ", offset_, " has ABI version ", header.abi_version,
                     ", this memmond reads version ", MEMMON_ABI_VERSION,
                     ": use memmond and memmon.ko of one release"));
  }
  if (header.record_size != kRecordSize) {
    return BrokenAt("records of ", header.record_size, " bytes, but ABI version ",
                    MEMMON_ABI_VERSION, " has ", kRecordSize);
  }
  if (header.cpu != MEMMON_CPU_NONE || header.seq != 0 || header.reserved != 0) {
    return BrokenAt("a HEADER record that is not the first of its sub-stream");
  }
  if (!std::has_single_bit(header.page_size) || header.page_size < 4096 ||
      header.page_size > 1u << 20) {
    return BrokenAt("a page size of ", header.page_size, " bytes");
  }
  if (header.cpu_count == 0 || header.cpu_count >= MEMMON_CPU_NONE) {
    return BrokenAt("a machine of ", header.cpu_count, " CPUs");
  }
  if (int64_t unix_ns = 0; header.time_ns > INT64_MAX ||
                           __builtin_add_overflow(static_cast<int64_t>(header.time_ns),
                                                  header.realtime_offset_ns, &unix_ns) ||
                           unix_ns < 0) {
    return BrokenAt("a start at ", header.time_ns, " ns of the boot clock, ",
                    header.realtime_offset_ns, " ns before the wall clock");
  }
  if (header.release[sizeof(header.release) - 1] != 0) {
    return BrokenAt("a kernel release without an end");
  }

  writer->Flush();
  auto capture = std::make_shared<model::Capture>();
  capture->abi_version = header.abi_version;
  std::copy(std::begin(header.boot_id), std::end(header.boot_id), capture->boot_id.begin());
  capture->start_ns = header.time_ns;
  capture->realtime_offset_ns = header.realtime_offset_ns;
  capture->ram_bytes = header.ram_bytes;
  capture->swap_bytes = header.swap_bytes;
  capture->page_size_bytes = header.page_size;
  capture->cpu_count = header.cpu_count;
  capture->coverage = header.coverage;
  capture->number = header.capture;
  capture->ring_records = header.ring_records;
  capture->kernel_release = reinterpret_cast<const char*>(header.release);
  streams_.assign(capture->cpu_count, {});
  expected_.assign(capture->cpu_count, 0);
  baseline_ = {};
  expected_baseline_ = 1;  // HEADER was number 0
  end_of_pages_ = kMaxAddressSpaceBytes / capture->page_size_bytes;
  capture_ = std::move(capture);
  return absl::OkStatus();
}

}  // namespace memmon::device
