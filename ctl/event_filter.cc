// SPDX-License-Identifier: Apache-2.0

#include "ctl/event_filter.h"

#include <pwd.h>
#include <sys/stat.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "ctl/event_text.h"
#include "ctl/option_values.h"
#include "ctl/units.h"

namespace memmon::ctl {

std::optional<uint32_t> ParseUser(const std::string& text) {
  uint32_t uid = 0;
  if (absl::SimpleAtoi(text, &uid)) return uid;
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(1 << 16);
  if (getpwnam_r(text.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return entry.pw_uid;
}

std::optional<uint64_t> ParseCgroup(const std::string& text) {
  uint64_t id = 0;
  if (absl::SimpleAtoi(text, &id)) return id;
  struct stat status {};
  if (stat(text.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  return status.st_ino;
}

void EventFilterOptions::Define(CLI::App* app, const Messages& messages) {
  app->add_option("--pid", pids_, messages(Key::kHelpPid))
      ->type_name("PID")
      ->delimiter(',')
      ->check(Pid(messages));
  app->add_option("--name", names_, messages(Key::kHelpName))->type_name("NAME")->delimiter(',');
  app->add_option("--kind", kinds_, messages(Key::kHelpKind))->type_name("KIND")->delimiter(',');
  app->add_option("--min-size", min_size_, messages(Key::kHelpMinSize))->type_name("SIZE");
  app->add_option("--uid", users_, messages(Key::kHelpUid))->type_name("USER")->delimiter(',');
  app->add_option("--cgroup", cgroups_, messages(Key::kHelpCgroup))
      ->type_name("CGROUP")
      ->delimiter(',');
  app->add_option("--container", containers_, messages(Key::kHelpContainer))
      ->type_name("CONTAINER")
      ->delimiter(',');
  // Once a value, so that an argument behind one is not taken for the next.
  for (const char* name : {"--pid", "--name", "--kind", "--uid", "--cgroup", "--container"}) {
    app->get_option(name)->allow_extra_args(false);
  }
  app->add_flag("--failed", failed_, messages(Key::kHelpFailed));
}

std::optional<ExitStatus> EventFilterOptions::Fill(const Context& context,
                                                   v1::EventFilter* filter) const {
  const Messages& say = context.messages;
  for (const uint32_t pid : pids_) filter->add_pids(pid);
  for (const std::string& name : names_) filter->add_process_names(name);
  for (const std::string& name : kinds_) {
    const std::optional<v1::EventKind> kind = ParseKind(name);
    if (!kind) {
      return context.Misused("--kind", name, say(Key::kOneOf, absl::StrJoin(KindNames(), ", ")));
    }
    filter->add_kinds(*kind);
  }
  if (!min_size_.empty()) {
    const std::optional<uint64_t> bytes = ParseBytes(min_size_);
    if (!bytes) return context.Misused("--min-size", min_size_, say(Key::kCureSize));
    filter->set_min_length_bytes(*bytes);
  }
  for (const std::string& user : users_) {
    const std::optional<uint32_t> uid = ParseUser(user);
    if (!uid) return context.Misused("--uid", user, say(Key::kCureUser));
    filter->add_uids(*uid);
  }
  for (const std::string& cgroup : cgroups_) {
    const std::optional<uint64_t> id = ParseCgroup(cgroup);
    if (!id) return context.Misused("--cgroup", cgroup, say(Key::kCureCgroup));
    filter->add_cgroup_ids(*id);
  }
  for (const std::string& container : containers_) filter->add_containers(container);
  if (failed_) filter->set_outcome(v1::EVENT_OUTCOME_FAILED);
  return std::nullopt;
}

}  // namespace memmon::ctl
