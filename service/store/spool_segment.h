// SPDX-License-Identifier: Apache-2.0
//
// One file of a spool: a header, then frames (spool_frame.h) one behind the
// other. Written at its end alone; what could not be written whole is taken
// back. Frames are found by walking from the first.
//
// Thread safety: Append, Cut and Sync, one thread; reading, from any thread,
// of what was appended before.

#ifndef MEMMON_STORE_SPOOL_SEGMENT_H_
#define MEMMON_STORE_SPOOL_SEGMENT_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/spool_frame.h"

namespace memmon::store {

// pwrite, or what a test has in its place.
using SpoolWrite = std::function<ssize_t(int fd, const void* data, size_t size, off_t offset)>;

class SpoolSegment {
 public:
  static constexpr uint64_t kHeaderBytes = 40;

  struct Frame {
    uint64_t offset = 0;
    FrameHead head;
    FrameFacts facts;
    uint64_t end() const { return offset + head.bytes(); }
  };

  // A new file. `run` names this run of memmond.
  static absl::StatusOr<std::shared_ptr<SpoolSegment>> Create(const std::string& path,
                                                              uint64_t number, uint64_t run,
                                                              const SpoolWrite& write);
  // One that is there. DATA_LOSS where its header is damaged, so that nothing
  // in it can be read; FAILED_PRECONDITION where it is of a newer version.
  static absl::StatusOr<std::shared_ptr<SpoolSegment>> Open(const std::string& path,
                                                            uint64_t number);
  ~SpoolSegment();
  SpoolSegment(const SpoolSegment&) = delete;
  SpoolSegment& operator=(const SpoolSegment&) = delete;

  // Where the next frame goes.
  uint64_t size() const { return size_; }
  uint64_t run() const { return run_; }

  absl::Status Append(const Chunk& chunk, const FrameFacts& facts);
  // Takes away what is behind `size`.
  absl::Status Cut(uint64_t size);
  // What was appended outlives a crash of the machine.
  absl::Status Sync();

  // All frames, their events not looked at.
  struct Walk {
    uint64_t end = kHeaderBytes;     // where the last whole one ends
    uint64_t events = 0;             // of all of them
    std::optional<FrameFacts> torn;  // of the one behind, that ends behind the file
  };
  Walk WalkAll() const;
  // Head and facts of the frame at `offset`, which may end behind the file.
  // DATA_LOSS where none is there.
  absl::StatusOr<Frame> Look(uint64_t offset) const;
  absl::StatusOr<std::vector<model::Event>> Read(const Frame& frame) const;

 private:
  SpoolSegment(std::string path, int fd, uint64_t number)
      : path_(std::move(path)), fd_(fd), number_(number) {}
  uint64_t PlaceOf(uint64_t offset) const { return run_ + (number_ << 40) + offset; }
  absl::Status Write(std::string_view bytes);
  std::string ReadAt(uint64_t offset, size_t size) const;  // shorter where there is less

  const std::string path_;
  const int fd_;
  const uint64_t number_;
  uint64_t run_ = 0;
  uint64_t size_ = 0;
  SpoolWrite write_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPOOL_SEGMENT_H_
