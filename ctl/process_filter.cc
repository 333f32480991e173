// SPDX-License-Identifier: Apache-2.0

#include "ctl/process_filter.h"

#include "absl/strings/str_cat.h"
#include "ctl/absl_view.h"
#include "ctl/event_filter.h"
#include "ctl/option_values.h"

namespace memmon::ctl {
namespace {

struct NamedOrder {
  v1::ProcessOrder order;
  std::string_view name;
};
constexpr NamedOrder kOrders[] = {
    {v1::PROCESS_ORDER_HELD_BYTES, "held"},
    {v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES, "virtual"},
    {v1::PROCESS_ORDER_REQUESTED_BYTES, "requested"},
    {v1::PROCESS_ORDER_MMAP_COUNT, "mmaps"},
    {v1::PROCESS_ORDER_NAME, "name"},
    {v1::PROCESS_ORDER_PID, "pid"},
};

}  // namespace

std::string_view OrderName(v1::ProcessOrder order) {
  for (const NamedOrder& named : kOrders) {
    if (named.order == order) return named.name;
  }
  return kOrders[0].name;
}

std::string OrderNames() {
  std::string names;
  for (const NamedOrder& named : kOrders) {
    absl::StrAppend(&names, names.empty() ? "" : "|", AbslView(named.name));
  }
  return names;
}

void ProcessFilterOptions::Define(CLI::App* app, const Messages& messages) {
  app->add_option("-s,--sort", sort_, messages(Key::kHelpSort))->type_name(OrderNames());
  app->add_option("--pid", pids_, messages(Key::kHelpPid))
      ->type_name("PID")
      ->delimiter(',')
      ->check(Pid(messages));
  app->add_option("--name", names_, messages(Key::kHelpName))->type_name("NAME")->delimiter(',');
  app->add_option("--uid", users_, messages(Key::kHelpUid))->type_name("USER")->delimiter(',');
  app->add_option("--cgroup", cgroups_, messages(Key::kHelpCgroup))
      ->type_name("CGROUP")
      ->delimiter(',');
  app->add_option("--container", containers_, messages(Key::kHelpContainer))
      ->type_name("CONTAINER")
      ->delimiter(',');
  // Once a value, so that an argument behind one is not taken for the next.
  for (const char* name : {"--pid", "--name", "--uid", "--cgroup", "--container"}) {
    app->get_option(name)->allow_extra_args(false);
  }
}

std::optional<ExitStatus> ProcessFilterOptions::Fill(const Context& context,
                                                     v1::ProcessFilter* filter,
                                                     v1::ProcessOrder* order) const {
  const Messages& say = context.messages;
  *order = v1::PROCESS_ORDER_HELD_BYTES;
  if (!sort_.empty()) {
    bool known = false;
    for (const NamedOrder& named : kOrders) {
      if (named.name != sort_) continue;
      *order = named.order;
      known = true;
    }
    if (!known) return context.Misused("--sort", sort_, say(Key::kOneOf, OrderNames()));
  }
  for (const uint32_t pid : pids_) filter->add_pids(pid);
  for (const std::string& name : names_) filter->add_process_names(name);
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
  return std::nullopt;
}

}  // namespace memmon::ctl
