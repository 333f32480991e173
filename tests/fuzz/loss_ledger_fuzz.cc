// SPDX-License-Identifier: Apache-2.0
//
// Bytes that somebody else wrote, where the spool's ledger is expected; their sum is made
// right, or nothing behind it would be looked at. What is accepted is, to the bit, what
// would have been written.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scratch.h"
#include "store/bytes.h"
#include "store/loss_ledger.h"
#include "store/spool_frame.h"

namespace memmon::store {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadLedger(std::string_view input) {
  static const fuzz::Scratch scratch;
  const std::string path = scratch.path() + "/losses";
  // As it is, and behind magic and version with a sum.
  fuzz::WriteWhole(path, input);
  LossLedger(path).Load().IgnoreError();

  std::string bytes;
  ByteWriter out(&bytes);
  out.PutBytes("memmonLO");
  out.Put(uint32_t{1});
  out.PutBytes(input);
  out.Put(SumOf(bytes));
  fuzz::WriteWhole(path, bytes);
  LossLedger ledger(path);
  if (!ledger.Load().ok()) {
    Check(ledger.losses().empty() && ledger.segment_to_remove() == 0);
    return;
  }
  const auto losses = ledger.losses();
  for (const Loss& loss : losses) {
    Check(loss.capture != nullptr && loss.span.first <= loss.span.last && loss.event_count > 0);
    Check(TextOf(loss.reason) != nullptr);
  }
  if (losses.empty()) return;  // of none nothing is written
  Check(ledger.Announce({}, ledger.segment_to_remove()).ok());
  Check(fuzz::ReadWhole(path) == bytes);
  Check(ledger.Forget(losses).ok() && ledger.losses().empty());
  Check(!std::filesystem::exists(path));
}

}  // namespace
}  // namespace memmon::store

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::store::ReadLedger({reinterpret_cast<const char*>(data), size});
  return 0;
}
