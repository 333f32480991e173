// SPDX-License-Identifier: Apache-2.0

#include "ctl/record_command.h"

#include <chrono>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"
#include "ctl/option_values.h"
#include "ctl/output_file.h"
#include "ctl/recording.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// The stream, cancelled when the time is over or the end is asked for.
class BoundedStream {
 public:
  BoundedStream(const Context& context, const v1::StreamRecordsRequest& request,
                std::optional<absl::Duration> span)
      : cancel_(context.stop, [this] { call_.TryCancel(); }) {
    context.connection->Prepare(&call_);
    if (span) call_.set_deadline(absl::ToChronoTime(absl::Now() + *span));
    stream_ = context.connection->stub()->StreamRecords(&call_, request);
  }
  bool Read(v1::StreamRecordsResponse* response) { return stream_->Read(response); }
  grpc::Status Finish() { return stream_->Finish(); }
  void Cancel() { call_.TryCancel(); }

 private:
  grpc::ClientContext call_;
  OnStop cancel_;
  std::unique_ptr<grpc::ClientReader<v1::StreamRecordsResponse>> stream_;
};

}  // namespace

CLI::App* RecordCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("record", messages(Key::kHelpRecord));
  app->add_option("FILE", file_, messages(Key::kHelpRecordFile))->type_name("")->required();
  app->add_option("--for", span_, messages(Key::kHelpFor))->type_name("SPAN");
  app->add_option("--count", count_, messages(Key::kHelpCountRecords))
      ->type_name("N")
      ->check(Count(messages));
  app->add_flag("--force", force_, messages(Key::kHelpForce));
  filter_.Define(app, messages);
  return app;
}

ExitStatus RecordCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  v1::StreamRecordsRequest request;
  if (auto wrong = filter_.Fill(context, request.mutable_filter())) return *wrong;
  std::optional<absl::Duration> span;
  if (!span_.empty()) {
    span = ParseSpan(span_);
    if (!span || *span <= absl::ZeroDuration()) {
      return context.Misused("--for", span_, say(Key::kCureSpan));
    }
  }
  std::error_code error;
  if (!force_ && std::filesystem::is_regular_file(file_, error)) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kFileExists, file_)});
  }

  BoundedStream stream(context, request, span);
  OutputFile file;
  Recording recording;
  bool enough = false;
  v1::StreamRecordsResponse response;
  while (!enough && stream.Read(&response)) {
    // Only now: whoever is refused has no empty file left behind.
    if (!file.is_open()) file.Open(file_);
    std::string_view bytes = response.records();
    if (count_ > 0) {
      // The HEADER is not one of those that are counted.
      const uint64_t left = count_ + 1 - recording.records();
      enough = bytes.size() / Recording::kRecordBytes >= left;
      if (enough) bytes = bytes.substr(0, left * Recording::kRecordBytes);
    }
    recording.Add(bytes);
    file.Write(bytes);
    if (file.error() != 0) break;
  }
  // A stream that ended by itself keeps its reason.
  if (enough || file.error() != 0) stream.Cancel();
  const grpc::Status status = stream.Finish();
  file.Close();
  if (file.error() != 0) {
    return context.Fail(
        Failure{ExitStatus::kWrong, say(Key::kCannotWrite, file_, strerror(file.error()))});
  }
  const bool ended = enough || context.stop->asked() ||
                     (span && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  if (recording.records() == 0) {
    if (!ended) return context.Fail(status);
    return context.Fail(Failure{ExitStatus::kWrong, say(Key::kNothingRecorded, file_)});
  }
  context.err << say(Key::kRecorded, GroupedCount(recording.records()),
                     HumanBytes(recording.records() * Recording::kRecordBytes), file_)
              << '\n';
  if (recording.lost() > 0) {
    context.err << say(Key::kRecordedLost, GroupedCount(recording.lost())) << '\n';
  }
  context.err << say(Key::kPlayIt, absl::StrCat("memmond --replay ", file_)) << std::endl;
  if (!ended) {
    Failure failure = context.connection->Explain(status);
    failure.text = say(Key::kRecordBroke, file_, failure.text);
    return context.Fail(failure);
  }
  return recording.lost() > 0 ? ExitStatus::kWrong : ExitStatus::kWell;
}

}  // namespace memmon::ctl
