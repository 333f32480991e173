// SPDX-License-Identifier: Apache-2.0

#include "pipeline/pump.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/match.h"
#include "fakes/collecting_sink.h"
#include "fakes/fake_clock.h"
#include "fakes/fake_source.h"
#include "fakes/stream_builder.h"
#include "fakes/wall_clock.h"

namespace memmon::pipeline {
namespace {

using fakes::CollectingSink;
using fakes::FakeClock;
using fakes::FakeSource;
using fakes::MakeRecord;
using fakes::Session;
using fakes::StreamBuilder;

// A capture of `events` events, and what comes after the first `first` of them.
std::vector<std::byte> Stream(size_t events, uint32_t capture = 1) {
  StreamBuilder builder;
  builder.Header(capture);
  for (size_t i = 0; i < events; ++i) {
    builder.Event(static_cast<uint16_t>(i % 2), MakeRecord(MEMMON_MMAP, 7, 2'000 + i));
  }
  return builder.bytes();
}

// The state changes on the pump's thread, with nothing to wait on but itself.
void WaitForState(const Pump& pump, SourceState state) {
  while (pump.status().state != state) std::this_thread::yield();
}

TEST(PumpTest, HandsARecordingToEverySink) {
  FakeSource source({{.bytes = Stream(10'000)}}, /*recording=*/true);
  CollectingSink one;
  CollectingSink two;
  Pump pump(&source, {&one, &two});
  pump.Start();
  WaitForState(pump, SourceState::kEnded);
  EXPECT_EQ(one.event_count(), 10'000u);
  EXPECT_EQ(two.event_count(), 10'000u);
  const PumpStatus status = pump.status();
  EXPECT_EQ(status.source_name, "fake");
  EXPECT_EQ(status.problem, "");
  EXPECT_EQ(status.decoder.in, 10'000u);
  EXPECT_EQ(status.decoder.out, 10'000u);
  ASSERT_EQ(status.streams.size(), 2u);
  EXPECT_EQ(status.streams[0].received, 5'000u);
  EXPECT_EQ(status.kernel[0].hooked, 3u);
  EXPECT_EQ(status.missed, 4u);
  EXPECT_EQ(status.capture->number, 1u);
  EXPECT_EQ(source.closes(), 1u);
}

TEST(PumpTest, StopTakesInWhatTheDeviceHolds) {
  const auto all = Stream(500);
  const size_t cut = 128 * 301;
  FakeSource source({{.bytes = {all.begin(), all.begin() + cut},
                      .held = {all.begin() + cut, all.end()},
                      .stays = true}});
  CollectingSink sink;
  Pump pump(&source, {&sink});
  pump.Start();
  sink.WaitForEvents(300);
  EXPECT_EQ(pump.status().state, SourceState::kLive);
  pump.Stop();
  EXPECT_EQ(sink.event_count(), 500u);
  EXPECT_EQ(pump.status().state, SourceState::kEnded);
  EXPECT_EQ(pump.status().problem, "");
  EXPECT_EQ(pump.status().problem_code, absl::StatusCode::kOk);
  EXPECT_EQ(source.closes(), 1u);
}

TEST(PumpTest, TriesAgainWithGrowingPauses) {
  std::vector<Session> script(4, {.open = absl::NotFoundError("type: insmod")});
  script.push_back({.bytes = Stream(5), .stays = true});
  FakeSource source(script);
  CollectingSink sink;
  fakes::FakeClock clock;
  using std::chrono::milliseconds;
  Pump pump(
      &source, {&sink},
      {.first_pause = milliseconds(100), .longest_pause = milliseconds(300), .clock = &clock});
  pump.Start();
  sink.WaitForEvents(5);
  EXPECT_EQ(clock.waits(),
            (std::vector<std::chrono::nanoseconds>{milliseconds(100), milliseconds(200),
                                                   milliseconds(300), milliseconds(300)}));
  EXPECT_EQ(pump.status().problem, "");
}

TEST(PumpTest, SaysWhatIsWrongWhileItWaits) {
  FakeSource source({{.open = absl::NotFoundError("type: insmod")}});
  CollectingSink sink;
  // Stop must end this pause, not wait for it.
  Pump pump(&source, {&sink},
            {.first_pause = std::chrono::hours(1), .longest_pause = std::chrono::hours(1)});
  EXPECT_EQ(pump.status().state, SourceState::kWaiting);
  pump.Start();
  while (pump.status().problem.empty()) std::this_thread::yield();
  EXPECT_EQ(pump.status().problem, "type: insmod");
  EXPECT_EQ(pump.status().problem_code, absl::StatusCode::kNotFound);
  EXPECT_EQ(pump.status().state, SourceState::kWaiting);
  pump.Stop();
  EXPECT_EQ(pump.status().state, SourceState::kEnded);
}

TEST(PumpTest, ADeviceOpenedAgainIsANewCapture) {
  FakeSource source({{.bytes = Stream(5, 1), .end = absl::InternalError("device broke")},
                     {.bytes = Stream(7, 2), .stays = true}});
  CollectingSink sink;
  fakes::FakeClock clock;
  Pump pump(&source, {&sink}, {.clock = &clock});
  pump.Start();
  sink.WaitForEvents(12);
  pump.Stop();
  const auto batches = sink.batches();
  EXPECT_EQ(batches.front()->capture->number, 1u);
  EXPECT_EQ(batches.back()->capture->number, 2u);
  EXPECT_EQ(pump.status().streams[0].received, 4u);
  EXPECT_EQ(pump.status().decoder.in, 12u);
}

TEST(PumpTest, ARecordingThatIsNotThereFails) {
  FakeSource source({{.open = absl::NotFoundError("no such file")}}, /*recording=*/true);
  Pump pump(&source, {});
  pump.Start();
  WaitForState(pump, SourceState::kFailed);
  EXPECT_EQ(pump.status().problem, "no such file");
}

TEST(PumpTest, GarbageFailsAndKeepsWhatWasWhole) {
  auto bytes = Stream(100);
  std::fill(bytes.begin() + 51 * 128, bytes.end(), std::byte{0xff});
  FakeSource source({{.bytes = bytes}}, /*recording=*/true);
  CollectingSink sink;
  Pump pump(&source, {&sink});
  pump.Start();
  WaitForState(pump, SourceState::kFailed);
  EXPECT_EQ(sink.event_count(), 50u);
  EXPECT_TRUE(absl::StrContains(pump.status().problem, "byte 6528")) << pump.status().problem;
}

TEST(PumpTest, ACutRecordingEndsAndSaysSo) {
  auto bytes = Stream(100);
  bytes.pop_back();
  FakeSource source({{.bytes = bytes}}, /*recording=*/true);
  CollectingSink sink;
  Pump pump(&source, {&sink});
  pump.Start();
  WaitForState(pump, SourceState::kEnded);
  EXPECT_EQ(sink.event_count(), 99u);
  EXPECT_TRUE(absl::StrContains(pump.status().problem, "cut short")) << pump.status().problem;
}

TEST(PumpTest, StopsAtAnyMoment) {
  for (int round = 0; round < 200; ++round) {
    FakeSource source({{.bytes = Stream(20), .stays = true}}, false, 128);
    CollectingSink sink;
    Pump pump(&source, {&sink});
    std::atomic<bool> over = false;
    std::thread asker([&] {
      while (!over) pump.status();
    });
    pump.Start();
    if (round % 2 == 0) source.WaitForOpens(1);
    pump.Stop();
    pump.Stop();
    over = true;
    asker.join();
    // Everything was there before Stop: none of it may be missing.
    ASSERT_EQ(sink.event_count(), 20u);
  }
}

TEST(PumpTest, BeginsAnotherCaptureWhenTheWallClockWasSet) {
  auto two = Stream(5);
  const std::vector<std::byte> held(two.end() - 2 * MEMMON_RECORD_SIZE, two.end());
  two.resize(two.size() - held.size());
  FakeSource source({{.bytes = two, .held = held, .stays = true},
                     {.bytes = Stream(4, 2), .stays = true},
                     {.bytes = Stream(3, 3), .stays = true}});
  CollectingSink sink;
  FakeClock clock;
  Pump pump(&source, {&sink}, {.clock = &clock});
  pump.FollowWallClock();  // nothing is open yet
  pump.Start();
  sink.WaitForEvents(3);
  pump.FollowWallClock();
  EXPECT_EQ(source.closes(), 0u);
  {
    const fakes::SetBackWallClock ahead(std::chrono::seconds(2));
    pump.FollowWallClock();
    sink.WaitForEvents(9);  // with what the device held
    pump.FollowWallClock();
    EXPECT_EQ(source.closes(), 1u);
    EXPECT_EQ(pump.status().capture->number, 2u);
    EXPECT_EQ(pump.status().state, SourceState::kLive);
  }
  pump.FollowWallClock();  // and back
  sink.WaitForEvents(12);
  EXPECT_EQ(pump.status().capture->number, 3u);
  EXPECT_TRUE(clock.waits().empty());
  pump.Stop();
  EXPECT_EQ(source.closes(), 3u);
}

TEST(PumpTest, ARecordingIsOfItsOwnClock) {
  FakeSource source({{.bytes = Stream(5), .stays = true}}, /*recording=*/true);
  CollectingSink sink;
  Pump pump(&source, {&sink});
  pump.Start();
  sink.WaitForEvents(5);
  const fakes::SetBackWallClock ahead(std::chrono::hours(1));
  pump.FollowWallClock();
  EXPECT_EQ(pump.status().state, SourceState::kLive);
  pump.Stop();
  EXPECT_EQ(source.closes(), 1u);
}

TEST(PumpTest, StopWithoutStartIsQuiet) {
  FakeSource source({});
  Pump pump(&source, {});
  pump.Stop();
  pump.Start();
  EXPECT_EQ(source.closes(), 0u);
}

}  // namespace
}  // namespace memmon::pipeline
