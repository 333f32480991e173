// SPDX-License-Identifier: Apache-2.0
//
// What a process holds and how large it is, from sums over its records instead
// of the records themselves: the rules of processes/held.h and
// processes/process_table.h, for whoever lets the database add up.
//
// An image is what a process runs between two of its EXECs, in one address space
// of one capture. An id of an address space may be used again, even by the same
// process; tickets tell its images apart, since they only grow. So a record
// belongs to the image that began with the last EXEC of its address space that
// has no higher ticket than its own, or (0) to the one before the first.
//
// Plain values; not thread-safe.

#ifndef MEMMON_STORE_IMAGE_FOLD_H_
#define MEMMON_STORE_IMAGE_FOLD_H_

#include <cstdint>
#include <optional>

namespace memmon::store {

struct Image {
  int64_t capture_row = 0;
  uint64_t mm_id = 0;  // 0: none
  int64_t number = 0;  // EXECs of this address space that are known, up to it

  friend bool operator==(const Image&, const Image&) = default;
};

// What the records of one process, one image and one step add up to.
struct Piece {
  Image image;
  // When the first of those came that show that the process runs this image;
  // nothing where there is none (its end, or the stack of another process).
  std::optional<int64_t> first_us;
  uint64_t change_bytes = 0;  // mmap - munmap in whole pages, modulo 2^64
  uint64_t ticket = 0;        // the highest
  uint64_t size_bytes = 0;    // virtual size that came with it
};

class ImageFold {
 public:
  ImageFold() = default;
  // Goes on from where rollups end: `held` may be below 0, modulo 2^64.
  ImageFold(const Image& image, int64_t since_us, uint64_t held, uint64_t ticket,
            uint64_t size_bytes)
      : image_(image), since_us_(since_us), sum_(held), ticket_(ticket), size_bytes_(size_bytes) {}

  // In the order of steps and, within one, of first_us; those without at its end.
  void Add(const Piece& piece) {
    if (piece.image.mm_id == 0) {
      sum_ += piece.change_bytes;  // no address space: as if of today's
      return;
    }
    if (piece.first_us) {
      if (!image_ || (piece.image != *image_ && *piece.first_us >= since_us_)) {
        Enter(piece);
      } else if (piece.image == *image_) {
        sum_ += piece.change_bytes;
      }
    }
    if (image_ && piece.image.capture_row == image_->capture_row &&
        piece.image.mm_id == image_->mm_id && piece.ticket > ticket_) {
      ticket_ = piece.ticket;
      size_bytes_ = piece.size_bytes;
    }
  }

  bool known() const { return image_.has_value(); }
  uint64_t held_bytes() const { return static_cast<int64_t>(sum_) > 0 ? sum_ : 0; }
  uint64_t size_bytes() const { return size_bytes_; }
  uint64_t mm_id() const { return image_ ? image_->mm_id : 0; }

 private:
  void Enter(const Piece& piece) {
    image_ = piece.image;
    since_us_ = *piece.first_us;
    sum_ = piece.change_bytes;
    ticket_ = 0;
    size_bytes_ = 0;
  }

  std::optional<Image> image_;
  int64_t since_us_ = 0;
  uint64_t sum_ = 0;  // modulo 2^64: signed, without overflow
  uint64_t ticket_ = 0;
  uint64_t size_bytes_ = 0;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_IMAGE_FOLD_H_
