// SPDX-License-Identifier: Apache-2.0

#include "store/capture_bytes.h"

#include <algorithm>
#include <bit>

#include "model/event.h"

namespace memmon::store {
namespace {

constexpr size_t kMostReleaseBytes = 255;

}  // namespace

void PutCapture(const model::Capture& capture, ByteWriter* out) {
  out->Put(capture.abi_version);
  out->PutBytes({reinterpret_cast<const char*>(capture.boot_id.data()), capture.boot_id.size()});
  out->Put(capture.start_ns);
  out->Put(capture.realtime_offset_ns);
  out->Put(capture.ram_bytes);
  out->Put(capture.swap_bytes);
  out->Put(capture.page_size_bytes);
  out->Put(capture.cpu_count);
  out->Put(capture.coverage);
  out->Put(capture.number);
  out->Put(capture.ring_records);
  const std::string_view release =
      std::string_view(capture.kernel_release).substr(0, kMostReleaseBytes);
  out->Put(static_cast<uint8_t>(release.size()));
  out->PutBytes(release);
}

std::shared_ptr<const model::Capture> GetCapture(ByteReader* in) {
  auto capture = std::make_shared<model::Capture>();
  capture->abi_version = in->Get<uint32_t>();
  const std::string_view boot_id = in->GetBytes(capture->boot_id.size());
  std::copy(boot_id.begin(), boot_id.end(), capture->boot_id.begin());
  capture->start_ns = in->Get<uint64_t>();
  capture->realtime_offset_ns = in->Get<int64_t>();
  capture->ram_bytes = in->Get<uint64_t>();
  capture->swap_bytes = in->Get<uint64_t>();
  capture->page_size_bytes = in->Get<uint32_t>();
  capture->cpu_count = in->Get<uint32_t>();
  capture->coverage = in->Get<uint32_t>();
  capture->number = in->Get<uint32_t>();
  capture->ring_records = in->Get<uint32_t>();
  capture->kernel_release = in->GetBytes(in->Get<uint8_t>());
  if (!in->ok() || !std::has_single_bit(capture->page_size_bytes) || capture->cpu_count == 0 ||
      capture->cpu_count >= model::kNoCpu ||
      capture->kernel_release.find('\0') != std::string::npos) {
    return nullptr;
  }
  return capture;
}

}  // namespace memmon::store
