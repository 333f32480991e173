// SPDX-License-Identifier: Apache-2.0

#include "store/connection.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "store/cause.h"
#include "store/refusal.h"

namespace memmon::store {
namespace {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

std::string OneLine(const char* message) {
  std::string line;
  for (const char c : absl::StripSuffix(message, "\n")) line.push_back(c == '\n' ? ' ' : c);
  return line;
}

Connection::Rows RowsOf(const PGresult* result) {
  Connection::Rows rows(PQntuples(result));
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < PQnfields(result); ++column) {
      rows[row].emplace_back(PQgetvalue(result, row, column), PQgetlength(result, row, column));
    }
  }
  return rows;
}

bool Succeeded(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

absl::Status ErrorOfConnecting(const PGconn* connection) {
  const Refusal refusal = ReadRefusal(PQerrorMessage(connection));
  // A password that we lack is missed on this side.
  const Cause cause = PQconnectionNeedsPassword(connection) != 0 ? Cause::kRefused
                                                                 : CauseOfRefusal(refusal.sqlstate);
  return Because(cause, absl::UnavailableError(refusal.text));
}

}  // namespace

void StopSwitch::Stop() {
  stopped_ = true;
  std::lock_guard lock(mutex_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

void StopSwitch::Watch(int fd) {
  std::lock_guard lock(mutex_);
  fd_ = fd;
  if (fd_ >= 0 && stopped_) shutdown(fd_, SHUT_RDWR);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& conninfo,
                                                             std::chrono::milliseconds limit,
                                                             StopSwitch* stop) {
  PGconn* raw = PQconnectStart(conninfo.c_str());
  if (raw == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  std::unique_ptr<Connection> connection(new Connection(raw, stop));
  // The code by which a server refuses is in the text alone.
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (PQstatus(raw) == CONNECTION_BAD || wanted == PGRES_POLLING_FAILED) {
      return ErrorOfConnecting(raw);
    }
    if (stop->stopped()) return absl::CancelledError("stopped while connecting");
    if (std::chrono::steady_clock::now() >= deadline) {
      return Because(Cause::kUnreachable,
                     absl::UnavailableError(absl::StrCat(
                         "no answer to the connection request within ", limit.count(), " ms")));
    }
    // Looks up now and then, for `stop` and for the deadline.
    pollfd fd = {PQsocket(raw),
                 static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (poll(&fd, 1, /*timeout ms=*/100) > 0) wanted = PQconnectPoll(raw);
  }
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  stop->Watch(PQsocket(raw));
  // NOTICE messages are for people at a prompt.
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  return connection;
}

Connection::Connection(pg_conn* connection, StopSwitch* stop)
    : connection_(connection), stop_(stop) {}

Connection::~Connection() {
  stop_->Watch(-1);
  PQfinish(connection_);
}

absl::Status Connection::ErrorFrom(void* opaque) {
  const auto* result = static_cast<const PGresult*>(opaque);
  const char* sqlstate = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  last_sqlstate_ = sqlstate == nullptr ? "" : sqlstate;
  if (broken()) {
    return Because(Cause::kUnreachable,
                   absl::UnavailableError(absl::StrCat("the connection to PostgreSQL broke: ",
                                                       OneLine(PQerrorMessage(connection_)))));
  }
  const char* primary =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return Because(
      CauseOfSqlstate(last_sqlstate_),
      absl::InternalError(absl::StrCat(
          "PostgreSQL says: ",
          primary == nullptr ? OneLine(PQerrorMessage(connection_)) : std::string(primary),
          last_sqlstate_.empty() ? "" : absl::StrCat(" (", last_sqlstate_, ")"))));
}

absl::Status Connection::Execute(const std::string& sql) { return QueryLast(sql).status(); }

absl::StatusOr<Connection::Rows> Connection::QueryLast(const std::string& sql) {
  Result result(PQexec(connection_, sql.c_str()));
  if (!Succeeded(result.get())) return ErrorFrom(result.get());
  return RowsOf(result.get());
}

absl::StatusOr<Connection::Rows> Connection::Query(const std::string& sql,
                                                   const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  Result result(PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                             values.data(), nullptr, nullptr, /*text*/ 0));
  if (!Succeeded(result.get())) return ErrorFrom(result.get());
  return RowsOf(result.get());
}

absl::Status Connection::BeginCopy(const std::string& sql) {
  Result result(PQexec(connection_, sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) return ErrorFrom(result.get());
  return absl::OkStatus();
}

absl::Status Connection::PutCopyData(std::string_view data) {
  if (PQputCopyData(connection_, data.data(), static_cast<int>(data.size())) == 1) {
    return absl::OkStatus();
  }
  return ErrorFrom(nullptr);
}

absl::Status Connection::EndCopy() {
  if (PQputCopyEnd(connection_, nullptr) != 1) return ErrorFrom(nullptr);
  absl::Status status;
  while (Result result{PQgetResult(connection_)}) {
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK && status.ok()) {
      status = ErrorFrom(result.get());
    }
    if (broken()) break;
  }
  if (status.ok() && broken()) status = ErrorFrom(nullptr);
  return status;
}

bool Connection::Check() { return PQconsumeInput(connection_) == 1 && !broken(); }

bool Connection::broken() const { return PQstatus(connection_) == CONNECTION_BAD; }

std::string TextArray(const std::vector<std::string>& texts) {
  std::string out = "{";
  for (const auto& text : texts) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('"');
    for (const char c : text) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back('}');
  return out;
}

}  // namespace memmon::store
