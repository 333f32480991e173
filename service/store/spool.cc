// SPDX-License-Identifier: Apache-2.0

#include "store/spool.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"

namespace memmon::store {
namespace {

// A full spool loses no more than an eighth of itself at once, and has no more
// than about 64 files open.
constexpr uint64_t kFewestSegments = 8;
constexpr uint64_t kMostSegments = 64;
constexpr uint64_t kUsualSegmentBytes = 64 << 20;
// The facts of a frame, on machines of ordinary size.
constexpr uint64_t kUsualFactsBytes = 4096;
constexpr uint64_t kLeastFrames = 4;

uint64_t FrameBytes(size_t events, uint64_t facts_bytes) {
  return kFrameHeadBytes + facts_bytes + events * kEventBytes;
}

uint64_t SegmentBytes(uint64_t bytes, size_t most_events) {
  return std::max({std::min(bytes / kFewestSegments, kUsualSegmentBytes), bytes / kMostSegments,
                   SpoolSegment::kHeaderBytes + FrameBytes(most_events, kUsualFactsBytes)});
}

uint64_t RandomNumber() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

}  // namespace

uint64_t Spool::LeastBytes(size_t most_events) {
  return kLeastFrames * (SpoolSegment::kHeaderBytes + FrameBytes(most_events, kUsualFactsBytes));
}

absl::StatusOr<std::unique_ptr<Spool>> Spool::Open(SpoolOptions options) {
  if (options.bytes < LeastBytes(options.most_events)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a spool of ", options.bytes, " bytes has no room for a few batches; give ",
                     LeastBytes(options.most_events), " or more with --spool-bytes"));
  }
  auto directory = SpoolDirectory::Open(options.directory, options.machine_id);
  if (!directory.ok()) return directory.status();
  std::unique_ptr<Spool> spool(new Spool(std::move(options), *std::move(directory)));
  if (auto status = spool->Recover(); !status.ok()) return status;
  return spool;
}

Spool::Spool(SpoolOptions options, std::unique_ptr<SpoolDirectory> directory)
    : options_(std::move(options)),
      segment_bytes_(SegmentBytes(options_.bytes, options_.most_events)),
      run_(RandomNumber()),
      directory_(std::move(directory)),
      ledger_(directory_->LedgerPath()) {}

absl::Status Spool::Append(const Chunk& chunk) { return AppendFrame(chunk, false); }
absl::Status Spool::Insure(const Chunk& chunk) { return AppendFrame(chunk, true); }

absl::Status Spool::AppendFrame(const Chunk& chunk, bool insurance) {
  const FrameFacts facts = FactsOf(chunk);
  const uint64_t bytes = FrameBytes(chunk.event_count, FactsBytes(facts));
  bool room = false;
  {
    std::lock_guard lock(mutex_);
    const auto made = MakeRoom(bytes + SpoolSegment::kHeaderBytes);
    if (!made.ok()) return made.status();
    room = appending_ = *made;
  }
  if (!room) {
    if (insurance) return absl::ResourceExhaustedError("the spool is full; give it more bytes");
    if (auto s = Announce(LossesOf(facts, LossReason::kSpoolFull)); !s.ok()) return s;
    std::lock_guard lock(mutex_);
    dropped_last_ = full_ = true;
    // Only now: whoever was told that they are dropped finds them told after a kill, too.
    Count({.in = chunk.event_count, .dropped = chunk.event_count});
    return absl::OkStatus();
  }
  const absl::Status status = WriteFrame(chunk, facts, bytes);
  std::lock_guard lock(mutex_);
  appending_ = false;
  if (!status.ok()) return status;
  Segment& segment = segments_.back();
  bytes_ += segment.file->size() - segment.end;
  if (insurance) {
    segment.read = segment.file->size();
    pinned_ = segment.number;
  } else {
    segment.events += chunk.event_count;
    Count({.in = chunk.event_count});
  }
  segment.end = segment.file->size();
  return absl::OkStatus();
}

absl::Status Spool::WriteFrame(const Chunk& chunk, const FrameFacts& facts, uint64_t bytes) {
  std::shared_ptr<SpoolSegment> file;
  bool after_drop = false;
  {
    std::lock_guard lock(mutex_);
    if (writing_) file = segments_.back().file;
    after_drop = dropped_last_;
  }
  // What was dropped lies between two files. An empty one takes any frame.
  if (file != nullptr && (after_drop || (file->size() > SpoolSegment::kHeaderBytes &&
                                         file->size() + bytes > segment_bytes_))) {
    if (auto status = file->Sync(); !status.ok()) return status;
    file = nullptr;
  }
  if (file == nullptr) {
    if (auto status = OpenSegment(); !status.ok()) return status;
    std::lock_guard lock(mutex_);
    file = segments_.back().file;
  }
  return file->Append(chunk, facts);
}

absl::Status Spool::OpenSegment() {
  Segment segment;
  {
    std::lock_guard lock(mutex_);
    // A number is left out where something was dropped: so the next run knows.
    segment.number = next_number_ + (dropped_last_ ? 1 : 0);
  }
  const std::string path = directory_->SegmentPath(segment.number);
  auto file = SpoolSegment::Create(path, segment.number, run_, options_.write);
  if (!file.ok()) return file.status();
  segment.file = *std::move(file);
  const absl::Status status = directory_->Sync();
  std::lock_guard lock(mutex_);
  next_number_ = segment.number + 1;
  segment.after_drop = std::exchange(dropped_last_, false);
  segments_.push_back(std::move(segment));
  bytes_ += SpoolSegment::kHeaderBytes;
  writing_ = true;
  return status;
}

absl::Status Spool::Sync() {
  std::shared_ptr<SpoolSegment> file;
  {
    std::lock_guard lock(mutex_);
    if (writing_) file = segments_.back().file;
  }
  return file == nullptr ? absl::OkStatus() : file->Sync();
}

absl::StatusOr<bool> Spool::MakeRoom(uint64_t bytes) {
  while (bytes_ + bytes > options_.bytes) {
    if (options_.when_full == SpoolFull::kDropNewest) return false;
    const auto oldest = std::find_if(segments_.begin(), segments_.end(), [&](const Segment& s) {
      return s.number != pinned_ && s.number != hand_.number;
    });
    if (oldest == segments_.end()) return false;
    if (auto status = Drop(oldest); !status.ok()) return status;
  }
  return true;
}

absl::Status Spool::Drop(std::deque<Segment>::iterator segment) {
  std::vector<Loss> losses;
  bool cut = segment->cut;
  GapFinder numbers;
  for (uint64_t offset = segment->read; offset < segment->end;) {
    const auto frame = segment->file->Look(offset);
    if (!frame.ok()) {
      base::LogWarning("spool_damaged", {{"problem", std::string(frame.status().message())},
                                         {"file", directory_->SegmentPath(segment->number)}});
      cut = true;
      break;
    }
    numbers.Follow(segment->file->run(), frame->facts);
    for (const Loss& loss : LossesOf(frame->facts, LossReason::kSpoolFull)) AddLoss(loss, &losses);
    offset = frame->end();
  }
  // Of what was dropped there, too, it was told then.
  if (cut && segment + 1 != segments_.end() && !(segment + 1)->after_drop) {
    // What cannot be read lies between what can and the next file.
    numbers.Damage();
    const Segment& next = *(segment + 1);
    const auto frame = next.file->Look(SpoolSegment::kHeaderBytes);
    if (frame.ok()) {
      for (const Loss& loss : numbers.Follow(next.file->run(), frame->facts))
        AddLoss(loss, &losses);
    }
  }
  // Told before it goes; where memmond ends in between, it goes at the start.
  if (segment->events > 0) {
    if (auto status = Announce(losses, segment->number); !status.ok()) return status;
  }
  if (auto status = directory_->RemoveSegment(segment->number); !status.ok()) {
    base::LogWarning("spool", {{"problem", std::string(status.message())}});
  }
  bytes_ -= segment->end;
  Count({.dropped = segment->events});
  full_ = full_ || segment->events > 0;
  if (segment + 1 == segments_.end()) {
    writing_ = false;
    dropped_last_ = true;
  } else {
    (segment + 1)->after_drop = true;
  }
  segments_.erase(segment);
  return absl::OkStatus();
}

void Spool::RemoveRead() {
  while (!segments_.empty()) {
    const Segment& front = segments_.front();
    if (front.read < front.end || front.number == pinned_ || front.number == hand_.number) return;
    if (segments_.size() == 1) {
      if (appending_) return;
      writing_ = false;
    } else if (front.cut) {
      segments_[1].after_cut = true;
    }
    if (auto status = directory_->RemoveSegment(front.number); !status.ok()) {
      base::LogWarning("spool", {{"problem", std::string(status.message())}});
    }
    bytes_ -= front.end;
    segments_.pop_front();
    full_ = false;
  }
}

bool Spool::full() const { return full_; }

void Spool::Release() {
  std::lock_guard lock(mutex_);
  pinned_ = 0;
  RemoveRead();
  progress_.notify_all();
}

std::optional<Spool::Segment> Spool::Front() {
  std::lock_guard lock(mutex_);
  RemoveRead();
  if (segments_.empty() || segments_.front().read == segments_.front().end) return std::nullopt;
  Segment& front = segments_.front();
  hand_ = {front.number, front.read, 0};
  if (std::exchange(front.after_drop, false)) {
    gap_ = true;
    gaps_.Forget();
  }
  if (std::exchange(front.after_cut, false)) {
    gap_ = count_missing_ = true;
    gaps_.Damage();
  }
  return front;
}

Spool::Taken Spool::Next(size_t most) {
  while (auto segment = Front()) {
    Chunk chunk = ReadChunk(*segment, most);
    if (chunk.event_count == 0) continue;  // damaged, and skipped
    return {std::move(chunk), segment->file->run(), std::exchange(gap_, false)};
  }
  return {};
}

Chunk Spool::ReadChunk(const Segment& segment, size_t most) {
  Chunk chunk;
  const uint64_t run = segment.file->run();
  uint64_t offset = segment.read;
  while (offset < segment.end) {
    auto frame = segment.file->Look(offset);
    const bool first = chunk.event_count == 0;
    if (!frame.ok()) {
      if (first) SkipRest(frame.status());
      break;
    }
    const FrameFacts& facts = frame->facts;
    if (!first && (chunk.event_count + frame->head.event_count > most ||
                   facts.epoch != chunk.epoch || !SameCapture(*facts.capture, *chunk.capture))) {
      break;
    }
    auto events = segment.file->Read(*frame);
    if (!events.ok()) {
      if (first) SkipFrame(*frame, run);
      break;
    }
    Follow(*frame, run);
    if (first) {
      chunk.capture = facts.capture;
      chunk.epoch = facts.epoch;
    }
    auto batch = std::make_shared<model::Batch>();
    batch->capture = chunk.capture;
    batch->events = *std::move(events);
    chunk.event_count += batch->events.size();
    chunk.slices.push_back({batch, 0, batch->events.size()});
    offset = frame->end();
  }
  if (chunk.event_count > 0) {
    std::lock_guard lock(mutex_);
    hand_ = {segment.number, offset, chunk.event_count};
  }
  return chunk;
}

void Spool::Done(uint64_t unstorable) {
  std::lock_guard lock(mutex_);
  Segment& front = segments_.front();
  front.read = hand_.read;
  front.events -= hand_.events;
  Count({.out = hand_.events - unstorable, .dropped = unstorable});
  hand_ = {};
  RemoveRead();
  progress_.notify_all();
}

bool Spool::WaitForProgress(std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  const Counts before = counted();
  const uint64_t pinned = pinned_;
  const auto moved = [&] { return counted().out != before.out || pinned_ != pinned; };
  const bool waits = before.waiting() > 0 || pinned_ != 0;
  return waits && progress_.wait_for(lock, limit, moved);
}

void Spool::SkipFrame(const SpoolSegment::Frame& frame, uint64_t run) {
  base::LogWarning("spool_damaged", {{"problem", "the events of a batch are damaged"},
                                     {"lost_events", absl::StrCat(frame.head.event_count)}});
  AddLosses(LossesOf(frame.facts, LossReason::kSpoolDamaged));
  Follow(frame, run);
  gap_ = true;
  std::lock_guard lock(mutex_);
  Segment& front = segments_.front();
  front.read = frame.end();
  front.events -= frame.head.event_count;
  Count({.dropped = frame.head.event_count});
  hand_ = {};
}

void Spool::SkipRest(const absl::Status& why) {
  gap_ = true;
  gaps_.Damage();
  count_missing_ = false;
  std::lock_guard lock(mutex_);
  Segment& front = segments_.front();
  base::LogWarning("spool_damaged", {{"problem", std::string(why.message())},
                                     {"file", directory_->SegmentPath(front.number)},
                                     {"lost_events", absl::StrCat(front.events)}});
  front.read = front.end;
  Count({.dropped = front.events});
  front.events = 0;
  hand_ = {};
}

void Spool::Follow(const SpoolSegment::Frame& frame, uint64_t run) {
  const auto losses = gaps_.Follow(run, frame.facts);
  if (losses.empty()) return;
  AddLosses(losses);
  if (!count_missing_) return;
  for (const Loss& loss : losses) {
    Count({.in = loss.event_count, .inherited = loss.event_count, .dropped = loss.event_count});
  }
}

absl::Status Spool::Announce(const std::vector<Loss>& losses, uint64_t segment_to_remove) {
  if (auto status = ledger_.Announce(losses, segment_to_remove); !status.ok()) return status;
  // The ledger's new name before the segment's goes, also on disk.
  if (auto status = directory_->Sync(); !status.ok()) {
    base::LogWarning("spool", {{"problem", std::string(status.message())}});
  }
  return absl::OkStatus();
}

void Spool::AddLosses(const std::vector<Loss>& losses) {
  absl::Status status = ledger_.Add(losses);
  if (status.ok()) status = directory_->Sync();
  if (!status.ok()) base::LogWarning("spool", {{"problem", std::string(status.message())}});
}

void Spool::Count(const Counts& more) {
  std::lock_guard lock(counts_mutex_);
  counts_.in += more.in;
  counts_.inherited += more.inherited;
  counts_.out += more.out;
  counts_.dropped += more.dropped;
}

Spool::Counts Spool::counted() const {
  std::lock_guard lock(counts_mutex_);
  return counts_;
}

bool Spool::empty() const { return counted().waiting() == 0; }

uint64_t Spool::inherited() const { return counted().inherited; }

model::HopCounters Spool::counters() const {
  const Counts all = counted();
  return {"spool", all.in, all.out, all.dropped, all.waiting(), options_.bytes / kEventBytes};
}

}  // namespace memmon::store
