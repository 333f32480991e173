// SPDX-License-Identifier: Apache-2.0
//
// What keeps events from being stored, for clients with words of their own: a Status' message is
// for who reads English. A cause is attached to the Status where it is known, and read where the
// status is told.
//
// Thread safety: pure functions.

#ifndef MEMMON_STORE_CAUSE_H_
#define MEMMON_STORE_CAUSE_H_

#include <string_view>

#include "absl/status/status.h"

namespace memmon::store {

// The API says the same of each (DatabaseStatus.Cause).
enum class Cause {
  kOther,  // only the message tells
  kUnreachable,
  kRefused,
  kNoDatabase,
  kNoPrivilege,
  kTooManyConnections,
  kReadOnly,
  kDiskFull,
  kForeign,
  kOtherVersion,
  kTablesFull,
  kSpoolFull,
  kSpoolUnwritable,
  kPreparing,
  kClosed,
};

// `status`, which is not OK, with its cause; one that it had gives way.
absl::Status Because(Cause cause, absl::Status status);

// kOther where none was attached.
Cause CauseOf(const absl::Status& status);

// Of PostgreSQL's error code, such as "28P01"; kOther where it is none of these, or empty.
Cause CauseOfSqlstate(std::string_view sqlstate);

// The same where that is why a connection did not come about, of which some codes say more; a
// server that says none was not reached.
Cause CauseOfRefusal(std::string_view sqlstate);

// What to do about what PostgreSQL refused: the end of a sentence that says what that was.
const char* CureOf(Cause cause);

}  // namespace memmon::store

#endif  // MEMMON_STORE_CAUSE_H_
