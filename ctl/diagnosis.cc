// SPDX-License-Identifier: Apache-2.0

#include "ctl/diagnosis.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// memmond says what to type behind these words.
constexpr std::string_view kType = "Type: ";

// `said`, memmond's own words, split where they say what to type.
Problem Told(const std::string& title, const std::string& said) {
  const std::string text = Printable(said);
  const size_t at = text.find(kType);
  Problem problem{title, ""};
  std::string reason = text.substr(0, at);
  while (!reason.empty() && (reason.back() == ' ' || reason.back() == '.')) reason.pop_back();
  if (!reason.empty()) absl::StrAppend(&problem.what, ": ", reason);
  if (at != std::string::npos) problem.cure = text.substr(at + kType.size());
  return problem;
}

Key WaitingFor(v1::SourceStatus::Cause cause) {
  switch (cause) {
    case v1::SourceStatus::CAUSE_MISSING:
      return Key::kModuleMissing;
    case v1::SourceStatus::CAUSE_NO_PERMISSION:
      return Key::kModuleNoPermission;
    case v1::SourceStatus::CAUSE_BUSY:
      return Key::kModuleBusy;
    case v1::SourceStatus::CAUSE_OTHER_VERSION:
      return Key::kModuleOtherVersion;
    default:
      return Key::kSourceWaiting;
  }
}

void LookAtSource(const v1::SourceStatus& source, const Messages& messages, Diagnosis* out) {
  switch (source.state()) {
    case v1::SourceStatus::STATE_WAITING:
      out->problems.push_back(Told(messages(WaitingFor(source.cause())), source.problem()));
      break;
    case v1::SourceStatus::STATE_FAILED:
      out->problems.push_back(Told(messages(Key::kSourceFailed), source.problem()));
      break;
    case v1::SourceStatus::STATE_ENDED:
      out->notes.push_back(messages(Key::kSourceEnded));
      if (!source.problem().empty()) {
        out->problems.push_back(Told(messages(Key::kSourceCutShort), source.problem()));
      }
      break;
    default:
      break;
  }
  if (source.not_covered_size() > 0) {
    out->problems.push_back(
        {messages(Key::kNotCovered, Printable(absl::StrJoin(source.not_covered(), ", "))), ""});
  }
}

void LookAtLoss(const v1::GetStatusResponse& status, const Messages& messages, Diagnosis* out) {
  uint64_t streams = 0;
  uint64_t unexplained = 0;
  for (const v1::CpuCounters& cpu : status.cpus()) {
    streams += cpu.lost_count();
    unexplained += cpu.unexplained_count();
  }
  out->lost = std::max(status.totals().lost_count(), streams + unexplained);
  const uint64_t missed = status.service().missed_count();
  if (out->lost > 0) {
    out->problems.push_back(
        {messages(Key::kLost, GroupedCount(out->lost)), messages(Key::kLostCure)});
  }
  if (missed > 0) {
    out->problems.push_back(
        {messages(Key::kMissed, GroupedCount(missed)), messages(Key::kMissedCure)});
  }
  if (unexplained > 0) {
    out->problems.push_back(
        {messages(Key::kUnexplained, GroupedCount(unexplained)), messages(Key::kUnexplainedCure)});
  }
  if (status.totals().untracked_count() > 0) {
    out->problems.push_back(
        {messages(Key::kUntracked, GroupedCount(status.totals().untracked_count())),
         messages(Key::kUntrackedCure, HumanBytes(status.service().memory_limit_bytes()),
                  TwiceTheBytes(status.service().memory_limit_bytes()))});
  }
  out->capturing = status.totals().has_capture_start_time();
  out->complete = out->capturing && out->lost == 0 && missed == 0;
}

// What is wrong with the database, and what to do.
struct Trouble {
  Key what;
  Key cure;
};

// Also for causes that a newer memmond knows.
Trouble TroubleOf(int cause) {
  switch (cause) {
    case v1::DatabaseStatus::CAUSE_REFUSED:
      return {Key::kDatabaseRefused, Key::kDatabaseRefusedCure};
    case v1::DatabaseStatus::CAUSE_NO_DATABASE:
      return {Key::kDatabaseMissing, Key::kDatabaseMissingCure};
    case v1::DatabaseStatus::CAUSE_NO_PRIVILEGE:
      return {Key::kDatabaseNoPrivilege, Key::kDatabaseNoPrivilegeCure};
    case v1::DatabaseStatus::CAUSE_TOO_MANY_CONNECTIONS:
      return {Key::kDatabaseTooMany, Key::kDatabaseTooManyCure};
    case v1::DatabaseStatus::CAUSE_READ_ONLY:
      return {Key::kDatabaseReadOnly, Key::kDatabaseReadOnlyCure};
    case v1::DatabaseStatus::CAUSE_DISK_FULL:
      return {Key::kDatabaseDiskFull, Key::kDatabaseDiskFullCure};
    case v1::DatabaseStatus::CAUSE_FOREIGN:
      return {Key::kDatabaseForeign, Key::kDatabaseForeignCure};
    case v1::DatabaseStatus::CAUSE_OTHER_VERSION:
      return {Key::kDatabaseOtherVersion, Key::kDatabaseOtherVersionCure};
    case v1::DatabaseStatus::CAUSE_TABLES_FULL:
      return {Key::kTablesFull, Key::kTablesFullCure};
    case v1::DatabaseStatus::CAUSE_SPOOL_FULL:
      return {Key::kSpoolFull, Key::kSpoolFullCure};
    case v1::DatabaseStatus::CAUSE_SPOOL_UNWRITABLE:
      return {Key::kSpoolUnwritable, Key::kSpoolUnwritableCure};
    case v1::DatabaseStatus::CAUSE_PREPARING:
      return {Key::kDatabasePreparing, Key::kDatabasePreparingCure};
    case v1::DatabaseStatus::CAUSE_CLOSED:
      return {Key::kDatabaseClosed, Key::kDatabaseClosedCure};
    case v1::DatabaseStatus::CAUSE_UNREACHABLE:
      return {Key::kDatabaseDown, Key::kDatabaseDownCure};
    default:
      return {Key::kDatabaseOther, Key::kDatabaseDownCure};
  }
}

// What memmond itself says is told with the first, which it begins with.
void TellDatabaseProblems(const v1::DatabaseStatus& database, const Messages& messages,
                          Diagnosis* out) {
  const bool down = database.state() == v1::DatabaseStatus::STATE_DOWN;
  if (!down && database.problem().empty()) return;
  std::vector<int> causes;
  for (const int cause : database.causes()) causes.push_back(cause);
  // An older memmond says none.
  if (causes.empty()) causes.push_back(v1::DatabaseStatus::CAUSE_UNSPECIFIED);
  std::string said = database.problem();
  for (const int cause : causes) {
    const Trouble trouble = TroubleOf(cause);
    Problem problem = Told(messages(trouble.what), std::exchange(said, ""));
    if (problem.cure.empty()) problem.cure = messages(trouble.cure);
    out->problems.push_back(std::move(problem));
  }
}

void LookAtDatabase(const v1::GetStatusResponse& status, const Messages& messages, Diagnosis* out) {
  const v1::DatabaseStatus& database = status.database();
  uint64_t waiting = 0;
  uint64_t capacity = 0;
  for (const v1::HopCounters& hop : status.hops()) {
    if (hop.name() != "store") continue;
    waiting = hop.waiting_count();
    capacity = hop.capacity_count();
  }
  TellDatabaseProblems(database, messages, out);
  if (database.state() == v1::DatabaseStatus::STATE_OFF) {
    out->notes.push_back(messages(Key::kDatabaseOff));
  }
  if (database.lost_count() > 0) {
    out->problems.push_back({messages(Key::kNotStored, GroupedCount(database.lost_count())),
                             messages(Key::kNotStoredCure)});
  }
  if (capacity > 0 && waiting > capacity / 2) {
    out->problems.push_back(
        {messages(Key::kStoreBehind, GroupedCount(waiting), GroupedCount(capacity)),
         messages(Key::kStoreBehindCure)});
  } else if (waiting > 0 && database.state() == v1::DatabaseStatus::STATE_DOWN) {
    out->notes.push_back(messages(Key::kStoreWaits, GroupedCount(waiting)));
  }
}

void LookAtSubscribers(const v1::GetStatusResponse& status, const Messages& messages,
                       Diagnosis* out) {
  for (const v1::HopCounters& hop : status.hops()) {
    if (hop.name() == "subscribers" && hop.dropped_count() > 0) {
      out->notes.push_back(messages(Key::kSlowClients, GroupedCount(hop.dropped_count())));
    }
  }
}

}  // namespace

Diagnosis Diagnose(const v1::GetStatusResponse& status, const Messages& messages) {
  Diagnosis diagnosis;
  LookAtSource(status.source(), messages, &diagnosis);
  LookAtLoss(status, messages, &diagnosis);
  LookAtDatabase(status, messages, &diagnosis);
  LookAtSubscribers(status, messages, &diagnosis);
  return diagnosis;
}

}  // namespace memmon::ctl
