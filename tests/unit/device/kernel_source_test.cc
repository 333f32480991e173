// SPDX-License-Identifier: Apache-2.0
//
// The device's part is played by a named pipe: it can be waited for, and is
// empty (EAGAIN) while a writer has it open.

#include "device/kernel_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "device/load_command.h"

namespace memmon::device {
namespace {

class KernelSourceTest : public testing::Test {
 protected:
  KernelSourceTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    directory_ = mkdtemp(directory.data());
    path_ = directory_ / "device";
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
    // For reading, too: opening for writing alone needs a reader.
    writer_.Reset(open(path_.c_str(), O_RDWR | O_CLOEXEC));
  }
  ~KernelSourceTest() override { std::filesystem::remove_all(directory_); }

  void Write(std::string_view text) {
    ASSERT_EQ(write(writer_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  static std::string Take(KernelSource* source) {
    std::array<std::byte, 64> buffer;
    const auto got = source->Read(buffer);
    if (!got.ok()) return std::string(got.status().message());
    return std::string(reinterpret_cast<const char*>(buffer.data()), *got);
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
  Fd writer_;
};

TEST_F(KernelSourceTest, ReadsWhatIsThere) {
  KernelSource source(path_);
  ASSERT_TRUE(source.Open().ok());
  Write("record");
  EXPECT_EQ(Take(&source), "record");
}

TEST_F(KernelSourceTest, WaitsUntilSomethingIsThere) {
  KernelSource source(path_);
  ASSERT_TRUE(source.Open().ok());
  std::thread writer([this] { Write("late"); });
  EXPECT_EQ(Take(&source), "late");
  writer.join();
}

TEST_F(KernelSourceTest, AfterAnInterruptGivesWhatIsHeldAndEnds) {
  KernelSource source(path_);
  ASSERT_TRUE(source.Open().ok());
  Write("held");
  std::thread other([&] { source.Interrupt(); });
  other.join();
  EXPECT_EQ(Take(&source), "interrupted");
  EXPECT_EQ(Take(&source), "held");
  EXPECT_EQ(Take(&source), "");
  EXPECT_EQ(Take(&source), "");
}

TEST_F(KernelSourceTest, AnInterruptWakesARead) {
  KernelSource source(path_);
  ASSERT_TRUE(source.Open().ok());
  std::thread other([&] { source.Interrupt(); });
  EXPECT_EQ(Take(&source), "interrupted");
  other.join();
}

TEST_F(KernelSourceTest, AnInterruptBeforeOpenIsNotForgotten) {
  KernelSource source(path_);
  source.Interrupt();
  ASSERT_TRUE(source.Open().ok());
  EXPECT_EQ(Take(&source), "interrupted");
  source.Close();
  ASSERT_TRUE(source.Open().ok());
  Write("again");
  EXPECT_EQ(Take(&source), "again");
}

TEST_F(KernelSourceTest, ReadingWithoutOpenIsAnError) {
  KernelSource source(path_);
  std::array<std::byte, 64> buffer;
  EXPECT_EQ(source.Read(buffer).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(source.Counters()->empty());
  EXPECT_EQ(source.MissedCount(), 0u);
}

TEST_F(KernelSourceTest, CountersOfWhatIsNoDeviceAreAnError) {
  KernelSource source(path_);
  ASSERT_TRUE(source.Open().ok());
  EXPECT_FALSE(source.Counters().ok());
}

TEST_F(KernelSourceTest, CountersMayBeAskedForDuringClose) {
  KernelSource source(path_);
  std::thread asker([&] {
    for (int i = 0; i < 200; ++i) {
      source.Counters().IgnoreError();
      source.MissedCount();
    }
  });
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(source.Open().ok());
    source.Close();
  }
  asker.join();
}

TEST_F(KernelSourceTest, AMissingDeviceSaysWhatToType) {
  KernelSource source("/nonexistent/memmon");
  const absl::Status status = source.Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(status.message(), "Type: " + LoadCommand(ModulesDirectory())))
      << status;
}

TEST(DescribeOpenErrorTest, SaysWhatToType) {
  const absl::Status refused = DescribeOpenError("/dev/memmon", EACCES);
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(absl::StrContains(refused.message(), "usermod -aG memmon")) << refused;
  const absl::Status busy = DescribeOpenError("/dev/memmon", EBUSY);
  EXPECT_EQ(busy.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(busy.message(), "fuser -v /dev/memmon")) << busy;
  EXPECT_EQ(DescribeOpenError("/dev/memmon", ENXIO).code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(DescribeOpenError("/dev/memmon", EIO).ok());
}

}  // namespace
}  // namespace memmon::device
