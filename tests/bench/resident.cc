// SPDX-License-Identifier: Apache-2.0
//
// What it costs to tell, once a second, what each of 10,000 processes has in RAM,
// while somebody looks: CPU time, against opening, reading and closing 10,000 such
// files and nothing else.
//
// The processes are names in a directory, each of which is this process in the real
// /proc: the kernel does for them what it does for 10,000 others.

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "fakes/event_builder.h"
#include "processes/procfs.h"
#include "processes/resident_sampler.h"
#include "streams.h"

namespace memmon::bench {
namespace {

constexpr uint32_t kProcesses = 10'000;
constexpr int kRounds = 10;

// Tells when a reading begins.
class CountingReader final : public processes::ProcessInfoReader {
 public:
  explicit CountingReader(processes::ProcessInfoReader* reader) : reader_(reader) {}
  absl::StatusOr<processes::ProcessInfo> Read(const model::ProcessKey& key) override {
    return reader_->Read(key);
  }
  uint64_t ReadResidentBytes(uint32_t tgid) override {
    const uint64_t bytes = reader_->ReadResidentBytes(tgid);
    const std::lock_guard lock(mutex_);
    if (++read_ % kProcesses == 0) changed_.notify_one();
    return bytes;
  }
  absl::StatusOr<processes::AddressSpace> ReadAddressSpace(const model::ProcessKey& key) override {
    return reader_->ReadAddressSpace(key);
  }
  // Until so many have been read.
  void Wait(uint64_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return read_ >= count; });
  }

 private:
  processes::ProcessInfoReader* const reader_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t read_ = 0;
};

double BareSeconds(const std::string& root) {
  std::vector<std::string> paths;
  for (uint32_t i = 1; i <= kProcesses; ++i)
    paths.push_back(root + "/" + std::to_string(i) + "/statm");
  char text[128];
  const double began = CpuSeconds();
  for (const std::string& path : paths) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof(text)) <= 0) Fail("no statm");
    close(fd);
  }
  return CpuSeconds() - began;
}

int Main() {
  char pattern[] = "/tmp/memmon-proc-XXXXXX";
  if (mkdtemp(pattern) == nullptr) Fail("no temporary directory");
  const std::string root = pattern;
  std::vector<model::Event> events(kProcesses);
  for (uint32_t i = 1; i <= kProcesses; ++i) {
    std::filesystem::create_directory_symlink("/proc/self", root + "/" + std::to_string(i));
    model::Event& event = events[i - 1];
    event.kind = model::EventKind::kBaseline;
    event.cpu = model::kNoCpu;
    event.sequence = i;
    event.tgid = i;
    event.start_ns = event.mm_id = i;
  }
  processes::ProcessTable table;
  table.Take(fakes::MakeBatch(fakes::MakeCapture(), std::move(events)));
  processes::ProcFs proc(root);
  CountingReader reader(&proc);
  std::vector<double> bare;
  std::vector<double> sampled;
  {
    processes::ResidentSampler sampler(&table, &reader, std::chrono::milliseconds(1));
    for (int round = 0; round < kRounds; ++round) {
      bare.push_back(BareSeconds(root));
      const double began = CpuSeconds();
      table.ChangesSince(0, 0);  // a look
      const double looked = CpuSeconds();
      reader.Wait(static_cast<uint64_t>(round + 1) * kProcesses);
      // The look of one that asks all the time is not the sampler's.
      sampled.push_back(CpuSeconds() - began - (looked - began));
    }
  }
  std::filesystem::remove_all(root);
  printf("resident: 10,000 files, bare          %8.1f ms of CPU\n", 1e3 * Median(bare));
  printf("resident: 10,000 processes, sampled   %8.1f ms of CPU a second\n", 1e3 * Median(sampled));
  printf("resident: ratio                       %8.2f\n", Median(sampled) / Median(bare));
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main() { return memmon::bench::Main(); }
