// SPDX-License-Identifier: Apache-2.0
//
// The seam between memmond and where records come from: the kernel device, a
// recording, a test's own bytes. A Source gives raw bytes of the module's
// stream; decoding them is the Decoder's.
//
// Thread safety: Open, Read and Close are for one thread; Interrupt, Counters
// and MissedCount may be called from any thread and in any state.

#ifndef MEMMON_DEVICE_SOURCE_H_
#define MEMMON_DEVICE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/counters.h"

namespace memmon::device {

class Source {
 public:
  virtual ~Source() = default;

  // "device:/dev/memmon", "replay:FILE".
  virtual std::string name() const = 0;

  // Opens the source: a new capture, whose first record is HEADER. NOT_FOUND
  // where the device or file is missing, PERMISSION_DENIED, UNAVAILABLE where
  // another reader has it; each message says what to type.
  virtual absl::Status Open() = 0;

  // Fills a part of `buffer`; waits until there is something. Returns how many
  // bytes, 0 at the end of a recording. CANCELLED after Interrupt.
  virtual absl::StatusOr<size_t> Read(std::span<std::byte> buffer) = 0;

  // Stops the flow and gives the source back. What a device still held in its
  // rings is read before: after CANCELLED, Read goes on giving what was
  // recorded before Interrupt until it returns 0.
  virtual void Close() = 0;

  // Wakes a waiting Read, which returns CANCELLED once. Is remembered where no
  // Read waits: the next one returns CANCELLED.
  virtual void Interrupt() = 0;

  // Whether it can come to an end and be read again from its beginning. What
  // is no recording is waited for while it is not there.
  virtual bool is_recording() const { return false; }

  // A CPU each, of the capture that runs or ran last; empty for a recording.
  virtual absl::StatusOr<std::vector<model::KernelCounters>> Counters() = 0;

  // Times a probe could not fire; 0 for a recording.
  virtual uint64_t MissedCount() = 0;
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_SOURCE_H_
