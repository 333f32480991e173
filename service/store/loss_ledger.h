// SPDX-License-Identifier: Apache-2.0
//
// The losses of a spool that are not written down in the database yet: one
// small file, replaced as a whole whenever it changes, so that a memmond that
// is killed does not forget what it lost.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_LOSS_LEDGER_H_
#define MEMMON_STORE_LOSS_LEDGER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "store/loss.h"

namespace memmon::store {

class LossLedger {
 public:
  explicit LossLedger(std::string path) : path_(std::move(path)) {}

  // Reads the file, where there is one. DATA_LOSS where it is damaged; it is
  // then empty. FAILED_PRECONDITION, naming the cure, where it cannot be opened.
  absl::Status Load();

  // The segment that the losses of the youngest Announce are of, and that is to go
  // once they are written; 0: none. Where memmond was killed in between, the
  // file is still there, and must go before anybody reads it.
  uint64_t segment_to_remove() const;

  // What is to be lost, with the segment that has it: it may go once this is OK. On an
  // error nothing has changed.
  absl::Status Announce(const std::vector<Loss>& losses, uint64_t segment_to_remove = 0);
  // What was lost already. On an error it is remembered all the same, and written by the
  // next call of any of these.
  absl::Status Add(const std::vector<Loss>& losses);
  std::vector<Loss> losses() const;
  // `losses` are in the database: forgets those that have not grown since.
  absl::Status Forget(const std::vector<Loss>& losses);
  // Writes what could not be written before; does nothing where all is.
  absl::Status Sync();
  bool saved() const;  // the file has all
  // Waits until it has. Says how many losses are in memory alone at `deadline`.
  uint64_t WaitUntilSaved(std::chrono::steady_clock::time_point deadline) const;

 private:
  absl::Status Save();
  absl::Status Write() const;

  const std::string path_;
  mutable std::mutex mutex_;
  mutable std::condition_variable saved_now_;
  // All below: guarded by mutex_.
  std::vector<Loss> losses_;
  uint64_t segment_to_remove_ = 0;
  bool saved_ = true;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_LOSS_LEDGER_H_
