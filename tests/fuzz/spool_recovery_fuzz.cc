// SPDX-License-Identifier: Apache-2.0
//
// What a crash, or somebody, left of a spool's files: cut, overwritten, taken away, swapped.
// Whatever is given out was put in, once, in its order; nothing that is given out is told
// as lost; the books hold; and the spool goes on.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scratch.h"
#include "store/spool.h"

namespace memmon::store {
namespace {

constexpr uint64_t kChunks = 24;
constexpr size_t kChunkEvents = 5;

void Check(bool holds) {
  if (!holds) std::abort();
}

model::Event EventOf(uint16_t cpu, uint64_t sequence) {
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.cpu = cpu;
  event.sequence = sequence;
  event.time_ns = 1'000 + sequence;
  event.tgid = event.tid = 1 + cpu;
  event.length_bytes = 4'096 * sequence;
  std::strcpy(event.comm.data(), "spooled");
  return event;
}

Chunk ChunkOf(const std::shared_ptr<const model::Capture>& capture, uint16_t cpu, uint64_t first) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  for (size_t i = 0; i < kChunkEvents; ++i) batch->events.push_back(EventOf(cpu, first + i));
  Chunk chunk;
  chunk.capture = capture;
  chunk.event_count = kChunkEvents;
  chunk.slices.push_back({batch, 0, kChunkEvents});
  return chunk;
}

// A spool of several files, as it was before anything happened to it.
class Original {
 public:
  Original() {
    auto capture = std::make_shared<model::Capture>();
    capture->abi_version = 1;
    capture->page_size_bytes = 4'096;
    capture->cpu_count = 2;
    capture->number = 1;
    capture->kernel_release = "6.1.0-fuzz";
    capture_ = capture;
    auto spool = Spool::Open(Options());
    Check(spool.ok());
    for (uint64_t i = 0; i < kChunks; ++i) {
      Check((*spool)->Append(ChunkOf(capture_, i % 2, i / 2 * kChunkEvents)).ok());
    }
    Check((*spool)->Sync().ok());
    spool->reset();
    for (const auto& entry : std::filesystem::directory_iterator(Options().directory)) {
      files_[entry.path().filename()] = fuzz::ReadWhole(entry.path());
    }
    Check(files_.size() > 3);
  }

  SpoolOptions Options() const {
    SpoolOptions options;
    options.directory = scratch_.path() + "/spool";
    options.machine_id = "machine";
    options.most_events = 10;
    options.bytes = 24'000;
    return options;
  }
  const std::map<std::string, std::string>& files() const { return files_; }
  const std::shared_ptr<const model::Capture>& capture() const { return capture_; }

  void PutBack(const std::map<std::string, std::string>& files) const {
    std::filesystem::remove_all(Options().directory);
    std::filesystem::create_directory(Options().directory);
    for (const auto& [name, bytes] : files) {
      fuzz::WriteWhole(Options().directory + "/" + name, bytes);
    }
  }

 private:
  fuzz::Scratch scratch_;
  std::shared_ptr<const model::Capture> capture_;
  std::map<std::string, std::string> files_;
};

// The input is what is done to the files, in order.
void Damage(std::string_view input, std::map<std::string, std::string>* files) {
  const auto take = [&input]() -> size_t {
    if (input.empty()) return 0;
    const auto byte = static_cast<uint8_t>(input[0]);
    input.remove_prefix(1);
    return byte;
  };
  while (!input.empty() && !files->empty()) {
    const size_t what = take();
    auto file = std::next(files->begin(), static_cast<ptrdiff_t>(take() % files->size()));
    std::string& bytes = file->second;
    const size_t at = bytes.empty() ? 0 : (take() << 8 | take()) % bytes.size();
    switch (what % 6) {
      case 0:
        bytes.resize(at);
        break;
      case 1:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ take());
        break;
      case 2: {
        const size_t wanted = take();
        const size_t size = std::min(input.size(), wanted);
        bytes.replace(at, std::min(size, bytes.size() - at), input.substr(0, size));
        input.remove_prefix(size);
        break;
      }
      case 3:
        files->erase(file);
        break;
      case 4:
        std::swap(
            bytes,
            std::next(files->begin(), static_cast<ptrdiff_t>(take() % files->size()))->second);
        break;
      default:
        std::fill(bytes.begin() + static_cast<ptrdiff_t>(at), bytes.end(), '\0');
    }
  }
}

// The numbers given out, of each CPU.
using Given = std::map<uint16_t, std::set<uint64_t>>;

void TakeAll(Spool* spool, Given* given) {
  for (;;) {
    const Spool::Taken taken = spool->Next(1'000);
    if (taken.chunk.empty()) return;
    for (const Slice& slice : taken.chunk.slices) {
      for (size_t i = slice.begin; i < slice.end; ++i) {
        const model::Event& event = slice.batch->events[i];
        Check(event.cpu < 2);
        std::set<uint64_t>& numbers = (*given)[event.cpu];
        Check(numbers.empty() || event.sequence > *numbers.rbegin());
        numbers.insert(event.sequence);
        const model::Event original = EventOf(event.cpu, event.sequence);
        Check(event.length_bytes == original.length_bytes && event.time_ns == original.time_ns &&
              event.comm == original.comm);
      }
    }
    spool->Done(0);
  }
}

void Recover(std::string_view input) {
  static const Original original;
  std::map<std::string, std::string> files = original.files();
  Damage(input, &files);
  original.PutBack(files);
  auto spool = Spool::Open(original.Options());
  if (!spool.ok()) return;  // another's, or a newer one's: it says so
  Given given;
  TakeAll(spool->get(), &given);
  constexpr uint64_t kNext = kChunks / 2 * kChunkEvents;
  Check((*spool)->Append(ChunkOf(original.capture(), 0, kNext)).ok());
  TakeAll(spool->get(), &given);
  Check(given[0].contains(kNext + kChunkEvents - 1));
  for (const auto& [cpu, numbers] : given) {
    Check(*numbers.rbegin() < kNext + kChunkEvents);
    for (const Loss& loss : (*spool)->ledger().losses()) {
      if (loss.span.cpu != cpu) continue;
      const auto at = numbers.lower_bound(loss.span.first);
      Check(at == numbers.end() || *at > loss.span.last);
    }
  }
  const model::HopCounters counters = (*spool)->counters();
  Check(counters.in == counters.out + counters.dropped + counters.waiting);
  Check(counters.waiting == 0);
}

}  // namespace
}  // namespace memmon::store

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::store::Recover({reinterpret_cast<const char*>(data), size});
  return 0;
}

// What it found is logged, each time: libFuzzer's own words go elsewhere.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static std::vector<char*> arguments(*argv, *argv + *argc);
  static char quiet[] = "-close_fd_mask=2";
  arguments.push_back(quiet);
  arguments.push_back(nullptr);
  ++*argc;
  *argv = arguments.data();
  return 0;
}
