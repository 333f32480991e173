// SPDX-License-Identifier: Apache-2.0
//
// The module's device, /dev/memmon.

#ifndef MEMMON_DEVICE_KERNEL_SOURCE_H_
#define MEMMON_DEVICE_KERNEL_SOURCE_H_

#include <chrono>
#include <mutex>
#include <string>

#include "device/fd.h"
#include "device/source.h"

namespace memmon::device {

// What a failed open of the device means, and what to type.
absl::Status DescribeOpenError(const std::string& path, int error_number);

class KernelSource : public Source {
 public:
  // After Interrupt the rings are read until they are empty, but not longer
  // than this: on a machine that maps faster than memmond reads they never are.
  static constexpr std::chrono::seconds kDrainLimit{2};

  explicit KernelSource(std::string path = "/dev/memmon");

  std::string name() const override { return "device:" + path_; }
  absl::Status Open() override;
  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override;
  void Close() override;
  void Interrupt() override { interrupter_.Interrupt(); }
  absl::StatusOr<std::vector<model::KernelCounters>> Counters() override;
  uint64_t MissedCount() override;

 private:
  // Asks the module for its figures. Needs mutex_, and an open device.
  absl::Status Refresh();

  const std::string path_;
  Interrupter interrupter_;
  bool draining_ = false;
  std::chrono::steady_clock::time_point drain_until_;

  // Guards against Close while another thread asks for figures; Read goes
  // without, as it and Close are of one thread.
  std::mutex mutex_;
  Fd fd_;
  std::vector<model::KernelCounters> counters_;
  uint64_t missed_ = 0;
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_KERNEL_SOURCE_H_
