// SPDX-License-Identifier: Apache-2.0

#include "store/loss_ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/bytes.h"
#include "store/capture_bytes.h"
#include "store/spool_directory.h"
#include "store/spool_frame.h"

namespace memmon::store {
namespace {

constexpr std::string_view kLedgerMagic = "memmonLO";
constexpr uint32_t kVersion = 1;

bool IsReason(uint8_t reason) {
  return reason >= static_cast<uint8_t>(LossReason::kQueueFull) &&
         reason <= static_cast<uint8_t>(LossReason::kTimeOutOfRange);
}

bool GetLoss(ByteReader* in, Loss* loss) {
  loss->capture = GetCapture(in);
  loss->span.cpu = in->Get<uint16_t>();
  loss->span.first = in->Get<uint64_t>();
  loss->span.last = in->Get<uint64_t>();
  loss->event_count = in->Get<uint64_t>();
  const auto reason = in->Get<uint8_t>();
  loss->reason = static_cast<LossReason>(reason);
  return in->ok() && loss->capture != nullptr && IsReason(reason) &&
         loss->span.first <= loss->span.last && loss->event_count > 0;
}

}  // namespace

absl::Status LossLedger::Load() {
  std::lock_guard lock(mutex_);
  std::ifstream file(path_, std::ios::binary);
  if (!file.is_open()) {
    return errno == ENOENT ? absl::OkStatus() : SpoolError("open", path_, errno);
  }
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const absl::Status damaged = absl::DataLossError(
      absl::StrCat(path_, " is damaged: losses that were not written down yet are not known"));
  if (bytes.size() < kLedgerMagic.size() + 4) return damaged;
  const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - 4);
  ByteReader sum(std::string_view(bytes).substr(body.size()));
  if (!body.starts_with(kLedgerMagic) || sum.Get<uint32_t>() != SumOf(body)) return damaged;
  ByteReader in(body.substr(kLedgerMagic.size()));
  if (in.Get<uint32_t>() != kVersion) return damaged;
  const auto segment = in.Get<uint64_t>();
  std::vector<Loss> losses;
  for (auto count = in.Get<uint32_t>(); count > 0; --count) {
    Loss loss;
    if (!GetLoss(&in, &loss)) return damaged;
    losses.push_back(std::move(loss));
  }
  if (!in.ok() || in.left() != 0) return damaged;
  losses_ = std::move(losses);
  segment_to_remove_ = segment;
  return absl::OkStatus();
}

uint64_t LossLedger::segment_to_remove() const {
  std::lock_guard lock(mutex_);
  return segment_to_remove_;
}

absl::Status LossLedger::Announce(const std::vector<Loss>& losses, uint64_t segment_to_remove) {
  std::lock_guard lock(mutex_);
  const std::vector<Loss> losses_before = losses_;
  const uint64_t segment_before = std::exchange(segment_to_remove_, segment_to_remove);
  const bool saved_before = saved_;
  for (const Loss& loss : losses) AddLoss(loss, &losses_);
  const absl::Status status = Save();
  if (!status.ok()) {
    losses_ = losses_before;
    segment_to_remove_ = segment_before;
    saved_ = saved_before;
  }
  return status;
}

absl::Status LossLedger::Add(const std::vector<Loss>& losses) {
  std::lock_guard lock(mutex_);
  for (const Loss& loss : losses) AddLoss(loss, &losses_);
  return Save();
}

std::vector<Loss> LossLedger::losses() const {
  std::lock_guard lock(mutex_);
  return losses_;
}

absl::Status LossLedger::Forget(const std::vector<Loss>& losses) {
  std::lock_guard lock(mutex_);
  const size_t forgotten = std::erase_if(losses_, [&](const Loss& loss) {
    return std::find(losses.begin(), losses.end(), loss) != losses.end();
  });
  return forgotten > 0 || !saved_ ? Save() : absl::OkStatus();
}

absl::Status LossLedger::Sync() {
  std::lock_guard lock(mutex_);
  return saved_ ? absl::OkStatus() : Save();
}

bool LossLedger::saved() const {
  std::lock_guard lock(mutex_);
  return saved_;
}

uint64_t LossLedger::WaitUntilSaved(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  saved_now_.wait_until(lock, deadline, [this] { return saved_; });
  return saved_ ? 0 : losses_.size();
}

absl::Status LossLedger::Save() {
  const absl::Status status = Write();
  saved_ = status.ok();
  if (saved_) saved_now_.notify_all();
  return status;
}

absl::Status LossLedger::Write() const {
  if (losses_.empty()) {
    if (unlink(path_.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
    return SpoolError("remove", path_, errno);
  }
  std::string bytes;
  ByteWriter out(&bytes);
  out.PutBytes(kLedgerMagic);
  out.Put(kVersion);
  out.Put(segment_to_remove_);
  out.Put(static_cast<uint32_t>(losses_.size()));
  for (const Loss& loss : losses_) {
    PutCapture(*loss.capture, &out);
    out.Put(loss.span.cpu);
    out.Put(loss.span.first);
    out.Put(loss.span.last);
    out.Put(loss.event_count);
    out.Put(static_cast<uint8_t>(loss.reason));
  }
  out.Put(SumOf(bytes));
  const std::string beside = path_ + ".new";
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return SpoolError("make", beside, errno);
  errno = 0;
  const bool written = write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  // Whole before it has the name: a crash of the machine leaves the old or the new.
  const bool whole = written && fdatasync(fd) == 0;
  const int error = whole ? 0 : (errno == 0 ? ENOSPC : errno);
  close(fd);
  if (whole && rename(beside.c_str(), path_.c_str()) == 0) return absl::OkStatus();
  return SpoolError("write", beside, whole ? errno : error);
}

}  // namespace memmon::store
