// SPDX-License-Identifier: Apache-2.0

#include "pipeline/pump.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "base/backoff.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "base/wall_offset.h"
#include "device/decoder.h"

namespace memmon::pipeline {
namespace {

// 4,096 records, a batch: a full ring is emptied with few calls, and what was
// read is still in the cache when it is decoded.
constexpr size_t kReadBufferBytes = 512 * 1024;

// A leap second is no reason for a new capture.
constexpr std::chrono::seconds kClockTolerance{1};

}  // namespace

struct Pump::State {
  State(device::Source* pump_source, std::vector<model::Sink*> pump_sinks, PumpOptions pump_options)
      : source(pump_source),
        sinks(std::move(pump_sinks)),
        options(pump_options),
        clock(options.clock != nullptr ? options.clock : &system_clock),
        buffer(kReadBufferBytes) {
    current.source_name = source->name();
    current.decoder.name = "decoder";
  }

  void Run();
  absl::Status OpenSource();
  absl::Status Drink();
  void CloseSource();
  absl::Status Decode(std::span<const std::byte> bytes);

  device::Source* const source;
  const std::vector<model::Sink*> sinks;
  const PumpOptions options;
  base::SystemClock system_clock;
  base::Clock* const clock;

  // The thread's own.
  std::vector<std::byte> buffer;
  device::Decoder decoder;
  std::vector<model::SharedBatch> batches;

  mutable std::mutex mutex;
  std::condition_variable woken;
  bool stopping = false;
  bool open = false;
  bool renewing = false;          // this capture is to end, and another to begin
  base::WallOffset wall{{}, {}};  // when it was opened
  PumpStatus current;             // but what the source is asked for

  std::mutex thread_mutex;  // Start and Stop, one at a time
  std::thread thread;
};

absl::Status Pump::State::Decode(std::span<const std::byte> bytes) {
  batches.clear();
  const absl::Status status = decoder.Decode(bytes, &batches);
  {
    const std::lock_guard lock(mutex);
    current.capture = decoder.capture();
    current.streams.assign(decoder.streams().begin(), decoder.streams().end());
    current.baseline = decoder.baseline();
    current.decoder = decoder.counters();
    // Live is who was understood, not who could be opened.
    if (decoder.capture() != nullptr && current.state != SourceState::kLive) {
      current.state = SourceState::kLive;
      current.problem.clear();
      current.problem_code = absl::StatusCode::kOk;
    }
  }
  for (const model::SharedBatch& batch : batches) {
    for (model::Sink* sink : sinks) sink->Take(batch);
  }
  // Whoever wants them longer shares them by now.
  batches.clear();
  return status;
}

absl::Status Pump::State::OpenSource() {
  // Before: who sets it meanwhile is seen to have done so.
  const auto now = base::WallOffset::Now();
  if (absl::Status status = source->Open(); !status.ok()) return status;
  const std::lock_guard lock(mutex);
  open = true;
  renewing = false;
  wall = now;
  return absl::OkStatus();
}

void Pump::State::CloseSource() {
  {
    const std::lock_guard lock(mutex);
    open = false;
  }
  source->Close();
}

// Reads the open source to its end, or to what it held when Stop was called.
absl::Status Pump::State::Drink() {
  decoder.Reset();
  for (;;) {
    const absl::StatusOr<size_t> got = source->Read(buffer);
    if (absl::IsCancelled(got.status())) continue;  // what it holds comes now, then 0
    if (!got.ok()) return got.status();
    if (*got == 0) {
      const std::lock_guard lock(mutex);
      // Interrupted on purpose: half a record is no news.
      return stopping || renewing ? absl::OkStatus() : decoder.Finish();
    }
    if (absl::Status status = Decode(std::span(buffer).first(*got)); !status.ok()) return status;
  }
}

void Pump::State::Run() {
  base::NameThisThread("pump");
  base::Backoff backoff(options.first_pause, options.longest_pause);
  for (;;) {
    absl::Status status = OpenSource();
    const bool opened = status.ok();
    uint64_t before = 0;
    if (opened) {
      before = decoder.counters().in;
      status = Drink();
      CloseSource();
    }
    if (decoder.counters().in > before) backoff.Reset();

    std::unique_lock lock(mutex);
    current.problem = std::string(status.message());
    current.problem_code = status.code();
    if (stopping || (source->is_recording() && status.ok())) {
      current.state = SourceState::kEnded;
      return;
    }
    if (source->is_recording()) {
      // Cut short is at an end, too: all of it was handed on.
      const bool cut_short = opened && decoder.capture() != nullptr && decoder.broken().ok();
      current.state = cut_short ? SourceState::kEnded : SourceState::kFailed;
      return;
    }
    if (renewing && status.ok()) continue;
    current.state = SourceState::kWaiting;
    if (clock->WaitFor(lock, woken, backoff.Next(), [this] { return stopping; })) {
      current.state = SourceState::kEnded;
      return;
    }
  }
}

Pump::Pump(device::Source* source, std::vector<model::Sink*> sinks, PumpOptions options)
    : state_(std::make_unique<State>(source, std::move(sinks), options)) {}

Pump::~Pump() { Stop(); }

void Pump::Start() {
  const std::lock_guard lock(state_->thread_mutex);
  {
    const std::lock_guard state_lock(state_->mutex);
    if (state_->stopping || state_->thread.joinable()) return;
  }
  state_->thread = std::thread([state = state_.get()] { state->Run(); });
}

void Pump::Stop() {
  const std::lock_guard lock(state_->thread_mutex);
  {
    const std::lock_guard state_lock(state_->mutex);
    state_->stopping = true;
    state_->woken.notify_all();
  }
  if (!state_->thread.joinable()) return;
  state_->source->Interrupt();
  state_->thread.join();
}

void Pump::FollowWallClock() {
  const std::lock_guard lock(state_->mutex);
  if (!state_->open || state_->renewing || state_->source->is_recording()) return;
  const auto set = base::WallOffset::Now().SetSince(state_->wall);
  if (std::chrono::abs(set) <= kClockTolerance) return;
  base::LogWarning("clock_set",
                   {{"by_seconds",
                     std::to_string(std::chrono::duration_cast<std::chrono::seconds>(set).count())},
                    {"reason", "a new capture begins, with times by the clock as it is now"}});
  state_->renewing = true;
  state_->source->Interrupt();
}

PumpStatus Pump::status() const {
  PumpStatus status;
  {
    const std::lock_guard lock(state_->mutex);
    status = state_->current;
  }
  // Now, not when the pump last read: a quiet device says nothing.
  if (auto kernel = state_->source->Counters(); kernel.ok()) status.kernel = *std::move(kernel);
  status.missed = state_->source->MissedCount();
  return status;
}

}  // namespace memmon::pipeline
