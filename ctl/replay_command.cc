// SPDX-License-Identifier: Apache-2.0

#include "ctl/replay_command.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ctl/recording.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {

CLI::App* ReplayCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("replay", messages(Key::kHelpReplay));
  app->add_option("FILE", file_, messages(Key::kHelpReplayFile))->type_name("")->required();
  return app;
}

ExitStatus ReplayCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  std::ifstream file(file_, std::ios::binary);
  Recording recording;
  std::vector<char> buffer(1 << 20);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         file.gcount() > 0) {
    recording.Add({buffer.data(), static_cast<size_t>(file.gcount())});
  }
  if (!file.is_open() || file.bad()) {
    return context.Fail(
        Failure{ExitStatus::kUsage, say(Key::kCannotRead, "FILE", file_, strerror(errno))});
  }
  if (!recording.valid()) {
    return context.Fail(Failure{ExitStatus::kWrong, say(Key::kNoRecording, file_)});
  }
  context.out << say(Key::kRecordingHolds, file_, GroupedCount(recording.records()),
                     DateTime(recording.begin(), context.zone),
                     HumanSpan(recording.end() - recording.begin()),
                     Printable(recording.kernel_release()))
              << '\n';
  if (recording.lost() > 0) {
    context.out << say(Key::kRecordedLost, GroupedCount(recording.lost())) << '\n';
  }
  if (recording.torn_bytes() > 0) {
    context.out << say(Key::kRecordingTorn, recording.torn_bytes()) << '\n';
  }
  context.out << say(Key::kPlayIt, absl::StrCat("memmond --replay ", file_)) << '\n';
  return recording.lost() > 0 || recording.torn_bytes() > 0 ? ExitStatus::kWrong
                                                            : ExitStatus::kWell;
}

}  // namespace memmon::ctl
