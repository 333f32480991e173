// SPDX-License-Identifier: Apache-2.0
//
// Writes a recording of a busy host, for benchmarks that play it:
//
//   memmon_bench_recording FILE PROCESSES EVENTS_PER_SECOND SECONDS
//
// Every process is there when it begins. Half of the calls are of the first hundred,
// the others go round all of them; each maps, and gives most of it back.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/stream_builder.h"

namespace memmon {
namespace {

constexpr uint16_t kCpus = 2;
constexpr uint64_t kSecondNs = 1'000'000'000;
constexpr uint32_t kFirstTgid = 1'000;
constexpr std::array<const char*, 8> kNames = {"postgres", "firefox-esr", "java", "clang",
                                               "python3",  "nginx",       "node", "rust-analyzer"};

class Recorder {
 public:
  Recorder(const char* path, uint32_t processes)
      : file_(path, std::ios::binary), pages_(processes, 25'000) {}

  bool Write(uint64_t events_per_second, uint64_t seconds) {
    uint64_t time_ns = 1'000 * kSecondNs;
    const memmon_header header = fakes::StreamBuilder(kCpus).MakeHeader(1, time_ns);
    Put(header);
    for (uint32_t i = 0; i < pages_.size(); ++i) Put(Record(MEMMON_BASELINE, i, ++time_ns));
    const uint64_t gap_ns = kSecondNs / events_per_second;
    const uint64_t count = events_per_second * seconds;
    for (uint64_t n = 0; n < count; n += 2) {
      const uint32_t busy = static_cast<uint32_t>(std::min<size_t>(100, pages_.size()));
      const uint32_t who = static_cast<uint32_t>(n % 4 == 0 ? n * 7 % busy : n / 4 % pages_.size());
      const uint64_t length = 4'096 << (n / 2 % 8);
      Put(Record(MEMMON_MMAP, who, time_ns += gap_ns, length));
      // Some of it stays; in time all of it goes.
      const bool all = pages_[who] > 100'000;
      Put(Record(MEMMON_MUNMAP, who, time_ns += gap_ns,
                 all ? (pages_[who] - 25'000) * 4'096 : length - length / 4 / 4'096 * 4'096));
    }
    file_.flush();
    return file_.good();
  }

 private:
  memmon_event Record(uint16_t kind, uint32_t who, uint64_t time_ns, uint64_t length = 0) {
    if (kind == MEMMON_MMAP) pages_[who] += length / 4'096;
    if (kind == MEMMON_MUNMAP) pages_[who] -= length / 4'096;
    memmon_event event =
        fakes::MakeRecord(kind, kFirstTgid + who, time_ns, length,
                          kind == MEMMON_MMAP ? 0x7f0000000000 : 0, kNames[who % kNames.size()]);
    event.total_vm = pages_[who];
    event.prot = 3;
    event.map_flags = 0x22;
    if (kind == MEMMON_BASELINE) {
      event.cpu = MEMMON_CPU_NONE;
      event.seq = ++baseline_;
    } else {
      event.cpu = static_cast<uint16_t>(who % kCpus);
      event.seq = sequence_[event.cpu]++;
    }
    return event;
  }
  template <typename T>
  void Put(const T& record) {
    static_assert(sizeof(T) == MEMMON_RECORD_SIZE);
    file_.write(reinterpret_cast<const char*>(&record), sizeof(T));
  }

  std::ofstream file_;
  std::vector<uint64_t> pages_;  // of each address space
  std::array<uint64_t, kCpus> sequence_{};
  uint64_t baseline_ = 0;
};

bool Number(std::string_view text, uint64_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number > 0;
}

int Main(int argc, char** argv) {
  uint64_t processes = 0;
  uint64_t rate = 0;
  uint64_t seconds = 0;
  if (argc != 5 || !Number(argv[2], &processes) || !Number(argv[3], &rate) ||
      !Number(argv[4], &seconds) || processes > 1'000'000 || rate > kSecondNs) {
    fprintf(stderr, "usage: %s FILE PROCESSES EVENTS_PER_SECOND SECONDS\n", argv[0]);
    return 2;
  }
  if (Recorder(argv[1], static_cast<uint32_t>(processes)).Write(rate, seconds)) return 0;
  fprintf(stderr, "%s cannot be written\n", argv[1]);
  return 1;
}

}  // namespace
}  // namespace memmon

int main(int argc, char** argv) { return memmon::Main(argc, argv); }
