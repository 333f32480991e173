// SPDX-License-Identifier: Apache-2.0
//
// Reads a Source on a thread of its own, decodes, and hands batches to the
// sinks in stream order. Opens the source again, with growing pauses, while a
// device is missing, busy or refused; says meanwhile what is wrong. And opens a device again
// when the wall clock was set: a capture tells once how far that was ahead.
//
// Thread safety: all methods, from any thread. Ownership: the source and the
// sinks must outlive the pump.

#ifndef MEMMON_PIPELINE_PUMP_H_
#define MEMMON_PIPELINE_PUMP_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "device/source.h"
#include "model/capture.h"
#include "model/counters.h"
#include "model/sink.h"

namespace memmon::pipeline {

// kWaiting: for the device, with pauses. kEnded: the recording is over, or Stop
// was called; `problem` says so where the recording was cut short. kFailed: the
// recording cannot be read, or is no valid stream.
enum class SourceState { kWaiting, kLive, kEnded, kFailed };

struct PumpStatus {
  SourceState state = SourceState::kWaiting;
  std::string source_name;
  std::string problem;  // what is wrong and what to type; empty when nothing is
  // Of `problem`, as the source or the decoder gave it: NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE
  // where another program reads the device, FAILED_PRECONDITION where the ABI version is another.
  absl::StatusCode problem_code = absl::StatusCode::kOk;
  std::shared_ptr<const model::Capture> capture;  // null before the first HEADER
  std::vector<model::KernelCounters> kernel;      // a CPU each; empty for a recording
  std::vector<model::StreamCounters> streams;     // a CPU each
  model::StreamCounters baseline;                 // the sub-stream of no CPU
  uint64_t missed = 0;
  model::HopCounters decoder;
};

struct PumpOptions {
  // Between two tries to open a device: doubled each time, up to the longest.
  std::chrono::nanoseconds first_pause = std::chrono::milliseconds(100);
  std::chrono::nanoseconds longest_pause = std::chrono::seconds(2);
  base::Clock* clock = nullptr;  // null: the system's
};

class Pump {
 public:
  Pump(device::Source* source, std::vector<model::Sink*> sinks, PumpOptions options = {});
  ~Pump();  // stops

  void Start();
  // Takes in everything the device recorded until now, hands it on, and ends.
  // Nothing comes after it has returned. Once is enough; a Pump does not start
  // again.
  void Stop();
  // To be called each second. Where the wall clock was set by more than a second since the
  // capture began, takes in what the device recorded until now and begins another capture;
  // calls that come in between, for some milliseconds, are in neither. Does not wait for it.
  void FollowWallClock();
  PumpStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace memmon::pipeline

#endif  // MEMMON_PIPELINE_PUMP_H_
