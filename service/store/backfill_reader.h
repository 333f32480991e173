// SPDX-License-Identifier: Apache-2.0
//
// Reads what is stored behind a position.
//
// The event table can be searched by time alone, and a position is a number a
// sub-stream. So a page is read in windows of time, oldest first, that grow while
// they find little, from the time at which the first sub-stream that has more
// may go on. The books (ingest_range, loss) say which have more, so that a CPU
// that has been quiet for a day costs nothing. Rows and their books are committed
// together, and a page sees one state of the database: where a window finds
// nothing of a number that the books have, that event is not there, or younger.
//
// Events are not filtered here: so holes in the numbers are seen, and what
// passes is decided by the code that decides it live.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_BACKFILL_READER_H_
#define MEMMON_STORE_BACKFILL_READER_H_

#include <string>

#include "absl/status/statusor.h"
#include "store/backfill.h"
#include "store/query_pool.h"

namespace memmon::store {

class BackfillReader {
 public:
  // `pool` must outlive it.
  BackfillReader(QueryPool* pool, std::string machine_id);

  // As Store::Backfill. A page may be short, even empty, before the end: it is
  // not searched for longer than half of the pool's limit.
  absl::StatusOr<BackfillPage> Read(const BackfillQuery& query);

 private:
  QueryPool* const pool_;
  const std::string machine_id_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_BACKFILL_READER_H_
