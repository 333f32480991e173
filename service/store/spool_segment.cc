// SPDX-License-Identifier: Apache-2.0

#include "store/spool_segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/bytes.h"
#include "store/spool_directory.h"

namespace memmon::store {
namespace {

constexpr std::string_view kSegmentMagic = "memmonEV";
constexpr uint32_t kVersion = 1;

std::string HeaderOf(uint64_t number, uint64_t run) {
  std::string header;
  ByteWriter out(&header);
  out.PutBytes(kSegmentMagic);
  out.Put(kVersion);
  out.Put(static_cast<uint32_t>(kEventBytes));
  out.Put(number);
  out.Put(run);
  out.Put(uint32_t{0});
  out.Put(SumOf(header));
  return header;
}

}  // namespace

absl::StatusOr<std::shared_ptr<SpoolSegment>> SpoolSegment::Create(const std::string& path,
                                                                   uint64_t number, uint64_t run,
                                                                   const SpoolWrite& write) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return SpoolError("make", path, errno);
  std::shared_ptr<SpoolSegment> segment(new SpoolSegment(path, fd, number));
  segment->run_ = run;
  segment->write_ = write;
  if (auto status = segment->Write(HeaderOf(number, run)); !status.ok()) {
    unlink(path.c_str());
    return status;
  }
  return segment;
}

absl::StatusOr<std::shared_ptr<SpoolSegment>> SpoolSegment::Open(const std::string& path,
                                                                 uint64_t number) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return SpoolError("open", path, errno);
  std::shared_ptr<SpoolSegment> segment(new SpoolSegment(path, fd, number));
  struct stat info {};
  if (fstat(fd, &info) != 0) return SpoolError("read", path, errno);
  segment->size_ = static_cast<uint64_t>(info.st_size);
  const std::string header = segment->ReadAt(0, kHeaderBytes);
  if (header.size() != kHeaderBytes) {
    return absl::DataLossError(absl::StrCat(path, ": shorter than its header"));
  }
  ByteReader in(std::string_view(header).substr(kSegmentMagic.size()));
  const auto version = in.Get<uint32_t>();
  in.Get<uint32_t>();
  in.Get<uint64_t>();
  segment->run_ = in.Get<uint64_t>();
  in.Get<uint32_t>();
  if (!header.starts_with(kSegmentMagic) ||
      in.Get<uint32_t>() != SumOf(std::string_view(header).substr(0, kHeaderBytes - 4))) {
    return absl::DataLossError(absl::StrCat(path, ": its header is damaged"));
  }
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " was written by another version of memmond; let that one store it, or "
                     "name another directory with --spool-dir"));
  }
  if (header != HeaderOf(number, segment->run_)) {
    return absl::DataLossError(absl::StrCat(path, ": its header is another file's"));
  }
  return segment;
}

SpoolSegment::~SpoolSegment() { close(fd_); }

absl::Status SpoolSegment::Append(const Chunk& chunk, const FrameFacts& facts) {
  return Write(EncodeFrame(chunk, facts, PlaceOf(size_)));
}

absl::Status SpoolSegment::Write(std::string_view bytes) {
  uint64_t at = size_;
  while (!bytes.empty()) {
    const ssize_t written = write_(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written == 0 ? ENOSPC : errno;
      // Half a frame would be found torn by the next who reads; this one goes
      // on here, and writes over whatever could not be taken back.
      Cut(size_).IgnoreError();
      return SpoolError("write", path_, error);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    at += static_cast<uint64_t>(written);
  }
  size_ = at;
  return absl::OkStatus();
}

absl::Status SpoolSegment::Cut(uint64_t size) {
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) return SpoolError("cut", path_, errno);
  size_ = size;
  return absl::OkStatus();
}

absl::Status SpoolSegment::Sync() {
  return fdatasync(fd_) == 0 ? absl::OkStatus() : SpoolError("sync", path_, errno);
}

std::string SpoolSegment::ReadAt(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t more =
        pread(fd_, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;  // what a bad disk does not give is as good as not there
    got += static_cast<size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

absl::StatusOr<SpoolSegment::Frame> SpoolSegment::Look(uint64_t offset) const {
  auto head = DecodeHead(ReadAt(offset, kFrameHeadBytes), PlaceOf(offset));
  if (!head.ok()) return head.status();
  auto facts = DecodeFacts(*head, ReadAt(offset + kFrameHeadBytes, head->facts_bytes));
  if (!facts.ok()) return facts.status();
  return Frame{offset, *head, *std::move(facts)};
}

SpoolSegment::Walk SpoolSegment::WalkAll() const {
  Walk walk;
  while (walk.end < size_) {
    auto frame = Look(walk.end);
    if (!frame.ok()) break;
    if (frame->end() > size_) {
      walk.torn = std::move(frame->facts);
      break;
    }
    walk.end = frame->end();
    walk.events += frame->head.event_count;
  }
  return walk;
}

absl::StatusOr<std::vector<model::Event>> SpoolSegment::Read(const Frame& frame) const {
  return DecodeEvents(frame.head, frame.facts,
                      ReadAt(frame.end() - frame.head.events_bytes(), frame.head.events_bytes()));
}

}  // namespace memmon::store
