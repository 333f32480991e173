// SPDX-License-Identifier: Apache-2.0
//
// Batches that wait for the database on disk: bounded by their bytes, first in,
// first out, and there again after memmond was killed.
//
// Frames (spool_frame.h) are appended to segment files (spool_segment.h); a
// file whose frames are all stored is removed. What is appended has outlived
// the end of memmond, and after Sync a crash of the machine. What was given
// out and not confirmed by Done is given out again by the next run.
//
// Full: the oldest file goes, or what was to be appended. Both are counted and
// stand in the ledger (loss_ledger.h) until they are in memmon.loss. A file
// the reader has events of in hand does not go: whether they are stored is
// not known.
//
// A damaged frame is a loss of known numbers where its facts can be read; where
// they cannot, the rest of its file is skipped, and the numbers that are
// missing are known once the same stream goes on behind it.
//
// in = out + dropped + waiting, at every moment.
//
// Thread safety: Append, Sync and Release are the appender's, one thread; Next
// and Done the reader's, one thread; all else, from any thread. Whoever asks how
// much there is (empty, inherited, counters) does not wait for the disk.

#ifndef MEMMON_STORE_SPOOL_H_
#define MEMMON_STORE_SPOOL_H_

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/counters.h"
#include "store/event_queue.h"
#include "store/gap_finder.h"
#include "store/loss_ledger.h"
#include "store/spool_directory.h"
#include "store/spool_segment.h"

namespace memmon::store {

enum class SpoolFull { kDropOldest, kDropNewest };

struct SpoolOptions {
  std::string directory;
  std::string machine_id;
  uint64_t bytes = uint64_t{1} << 30;  // most it takes on disk, but for the ledger
  SpoolFull when_full = SpoolFull::kDropOldest;
  size_t most_events = 10'000;  // of a chunk that is appended
  SpoolWrite write = pwrite;    // a test's disk may be full
};

class Spool {
 public:
  // Two of the largest frames have to fit, a file each.
  static uint64_t LeastBytes(size_t most_events);

  // Takes the directory, and finds what an earlier run left there.
  // INVALID_ARGUMENT for a bound below LeastBytes; else see SpoolDirectory::Open.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(SpoolOptions options);

  // The appender's. OK where the chunk is on disk, or was dropped by a full
  // spool. RESOURCE_EXHAUSTED, FAILED_PRECONDITION: it could not be written, or
  // not be told what would be dropped; nothing is lost.
  absl::Status Append(const Chunk& chunk);
  // Puts on disk what the reader has in hand and did not get from here, in
  // case memmond is killed: until Release it is the front of the spool. It is
  // not counted, and Next does not give it out. The spool must be empty.
  absl::Status Insure(const Chunk& chunk);
  void Release();  // from any thread
  absl::Status Sync();

  // The reader's.
  struct Taken {
    Chunk chunk;             // empty where nothing waits; its epoch is of `run`
    uint64_t run = 0;        // of memmond, that appended it
    bool after_gap = false;  // something was lost between it and the one before
  };
  // The oldest events, of one capture and epoch, at most `most` or one frame.
  Taken Next(size_t most);
  // What Next gave out is stored, but for `unstorable` of its events, which
  // never can be.
  void Done(uint64_t unstorable);

  uint64_t run() const { return run_; }
  bool empty() const;  // nothing waits or is in the reader's hand
  // Waits until something of it is stored; false where nothing was for `limit`,
  // at once where nothing waits.
  bool WaitForProgress(std::chrono::milliseconds limit) const;
  LossLedger& ledger() { return ledger_; }
  // Its capacity is about how many events its bytes hold.
  model::HopCounters counters() const;
  // Something found no room, and nothing has gone out since that would have made some.
  bool full() const;
  // Of those that came in: what an earlier run left.
  uint64_t inherited() const;

 private:
  struct Segment {
    uint64_t number = 0;
    std::shared_ptr<SpoolSegment> file;
    uint64_t read = SpoolSegment::kHeaderBytes;  // where the reader goes on
    uint64_t end = SpoolSegment::kHeaderBytes;   // of the last frame
    uint64_t events = 0;                         // from `read` on
    bool cut = false;                            // there was more, which could not be read
    bool after_cut = false;                      // there was more in the file before it
    bool after_drop = false;                     // the file before it was dropped
  };
  // What the reader has got and not confirmed.
  struct Hand {
    uint64_t number = 0;  // of the segment; 0: nothing
    uint64_t read = 0;    // where it goes on then
    uint64_t events = 0;
  };

  // Events, since Open.
  struct Counts {
    uint64_t in = 0;
    uint64_t inherited = 0;
    uint64_t out = 0;
    uint64_t dropped = 0;
    uint64_t waiting() const { return in - out - dropped; }
  };

  Spool(SpoolOptions options, std::unique_ptr<SpoolDirectory> directory);
  absl::Status Recover();
  // `cut`: the file before it could not be read to its end; and then, whether this one can.
  absl::Status RecoverSegment(uint64_t number, bool after_drop, bool last, bool* cut);
  absl::Status AppendFrame(const Chunk& chunk, bool insurance);
  absl::Status WriteFrame(const Chunk& chunk, const FrameFacts& facts, uint64_t bytes);
  absl::Status OpenSegment();
  absl::StatusOr<bool> MakeRoom(uint64_t bytes);
  absl::Status Drop(std::deque<Segment>::iterator segment);
  void RemoveRead();
  std::optional<Segment> Front();
  Chunk ReadChunk(const Segment& segment, size_t most);
  void SkipFrame(const SpoolSegment::Frame& frame, uint64_t run);
  void SkipRest(const absl::Status& why);
  void Follow(const SpoolSegment::Frame& frame, uint64_t run);
  absl::Status Announce(const std::vector<Loss>& losses, uint64_t segment_to_remove = 0);
  void AddLosses(const std::vector<Loss>& losses);
  void Count(const Counts& more);
  Counts counted() const;

  const SpoolOptions options_;
  const uint64_t segment_bytes_;  // a file that would have more is followed by the next
  const uint64_t run_;
  const std::unique_ptr<SpoolDirectory> directory_;
  LossLedger ledger_;

  // The reader's.
  GapFinder gaps_;
  bool count_missing_ = false;  // what it finds was never counted in
  bool gap_ = false;            // before the next chunk

  mutable std::mutex mutex_;
  mutable std::condition_variable progress_;
  // All below but the counts: guarded by mutex_, which whoever makes room or removes a file
  // holds while the disk is at it.
  std::deque<Segment> segments_;
  bool writing_ = false;            // the last of them is appended to
  bool appending_ = false;          // at this moment, outside of the lock
  bool dropped_last_ = false;       // behind the last of them
  std::atomic<bool> full_ = false;  // read without it: a status does not wait for the disk
  uint64_t next_number_ = 1;
  uint64_t bytes_ = 0;   // of all segments
  uint64_t pinned_ = 0;  // number of the segment that has the insurance
  Hand hand_;

  mutable std::mutex counts_mutex_;  // taken last, and for a moment
  Counts counts_;                    // guarded by counts_mutex_
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPOOL_H_
