// SPDX-License-Identifier: Apache-2.0

#include "device/replay_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "fakes/fake_clock.h"
#include "fakes/stream_builder.h"

namespace memmon::device {
namespace {

using fakes::MakeRecord;
using fakes::StreamBuilder;

class ReplaySourceTest : public testing::Test {
 protected:
  ReplaySourceTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    directory_ = mkdtemp(directory.data());
    path_ = (directory_ / "trace").string();
  }
  ~ReplaySourceTest() override { std::filesystem::remove_all(directory_); }

  void WriteFile(const std::vector<std::byte>& bytes) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  // Reads to the end, or until `most` bytes are there.
  static std::vector<std::byte> ReadAll(ReplaySource* source, size_t piece, size_t most = ~0UL) {
    std::vector<std::byte> all;
    std::vector<std::byte> buffer(piece);
    while (all.size() < most) {
      const auto got = source->Read(buffer);
      EXPECT_TRUE(got.ok()) << got.status();
      if (!got.ok() || *got == 0) break;
      all.insert(all.end(), buffer.begin(), buffer.begin() + *got);
    }
    return all;
  }

  static std::vector<std::byte> Recording() {
    StreamBuilder builder;
    builder.Header(1, 1'000'000'000);
    // CPUs are not in step.
    builder.Event(0, MakeRecord(MEMMON_MMAP, 7, 1'500'000'000));
    builder.Event(1, MakeRecord(MEMMON_MMAP, 7, 1'200'000'000));
    builder.Event(0, MakeRecord(MEMMON_MMAP, 7, 5'000'000'000));
    return builder.bytes();
  }

  std::filesystem::path directory_;
  std::string path_;
};

TEST_F(ReplaySourceTest, GivesTheFile) {
  WriteFile(Recording());
  ReplaySource source(path_);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(ReadAll(&source, 100), Recording());
  source.Close();
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(ReadAll(&source, 100'000), Recording());
  EXPECT_TRUE(source.is_recording());
}

TEST_F(ReplaySourceTest, PacesByTheRecordsTimes) {
  WriteFile(Recording());
  fakes::FakeClock clock;
  ReplaySource source(path_, {.speed = 2, .clock = &clock});
  ASSERT_TRUE(source.Open().ok());
  const auto begin = clock.Now();
  EXPECT_EQ(ReadAll(&source, 4096), Recording());
  EXPECT_EQ(clock.Now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(clock.waits(), (std::vector<std::chrono::nanoseconds>{
                               std::chrono::milliseconds(250), std::chrono::milliseconds(1'750)}));
}

TEST_F(ReplaySourceTest, PacedGivesATruncatedTail) {
  auto bytes = Recording();
  bytes.pop_back();
  WriteFile(bytes);
  fakes::FakeClock clock;
  ReplaySource source(path_, {.speed = 1, .clock = &clock});
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(ReadAll(&source, 4096), bytes);
}

TEST_F(ReplaySourceTest, WhatIsNoRecordingIsNotPaced) {
  WriteFile(std::vector<std::byte>(1'000, std::byte{'x'}));
  fakes::FakeClock clock;
  ReplaySource source(path_, {.speed = 1, .clock = &clock});
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(ReadAll(&source, 4096).size(), 1'000u);
  EXPECT_TRUE(clock.waits().empty());
}

TEST_F(ReplaySourceTest, WhatIsNoRecordingIsKnownBeforeItIsPlayed) {
  WriteFile(Recording());
  EXPECT_TRUE(CheckRecording(path_).ok());
  for (const size_t size : {0, 10, 1'000}) {
    WriteFile(std::vector<std::byte>(size, std::byte{'x'}));
    const absl::Status status = CheckRecording(path_);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << size;
    EXPECT_NE(status.message().find(path_), absl::string_view::npos) << status;
  }
  EXPECT_EQ(CheckRecording(directory_.string()).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckRecording(path_ + "x").code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(CheckRecording("/dev/null").ok()) << "may be a pipe: only playing it tells";
}

TEST_F(ReplaySourceTest, AnInterruptEndsAPause) {
  WriteFile(Recording());
  ReplaySource source(path_, {.speed = 1e-6});
  ASSERT_TRUE(source.Open().ok());
  std::vector<std::byte> buffer(4096);
  ASSERT_EQ(*source.Read(buffer), 128u);
  std::thread other([&] { source.Interrupt(); });
  EXPECT_EQ(source.Read(buffer).status().code(), absl::StatusCode::kCancelled);
  other.join();
  EXPECT_EQ(*source.Read(buffer), 0u);
}

TEST_F(ReplaySourceTest, LoopsOverAWholeRecording) {
  const auto once = Recording();
  WriteFile(once);
  for (const double speed : {0.0, 1.0}) {
    fakes::FakeClock clock;
    ReplaySource source(path_, {.speed = speed, .loop = true, .clock = &clock});
    ASSERT_TRUE(source.Open().ok());
    const auto got = ReadAll(&source, once.size(), 3 * once.size());
    ASSERT_GE(got.size(), 3 * once.size());
    for (size_t i = 0; i < 3 * once.size(); ++i) ASSERT_EQ(got[i], once[i % once.size()]);
  }
}

TEST_F(ReplaySourceTest, PlaysABrokenRecordingOnce) {
  auto bytes = Recording();
  bytes.pop_back();
  WriteFile(bytes);
  ReplaySource source(path_, {.loop = true});
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(ReadAll(&source, 4096), bytes);
  WriteFile({});
  ASSERT_TRUE(source.Open().ok());
  EXPECT_TRUE(ReadAll(&source, 4096).empty());
}

TEST_F(ReplaySourceTest, ReadsAPipe) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  ReplaySource source(path_);
  ASSERT_TRUE(source.Open().ok());
  const auto bytes = Recording();
  std::thread writer([&] { WriteFile(bytes); });
  EXPECT_EQ(ReadAll(&source, 100), bytes);
  writer.join();
}

TEST_F(ReplaySourceTest, RefusesWhatIsNoFile) {
  EXPECT_EQ(ReplaySource(path_).Open().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReplaySource(directory_.string()).Open().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace memmon::device
