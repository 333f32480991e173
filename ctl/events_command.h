// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl events`: stored events, or with --follow those that come.

#ifndef MEMMON_CTL_EVENTS_COMMAND_H_
#define MEMMON_CTL_EVENTS_COMMAND_H_

#include <cstdint>
#include <string>

#include "ctl/command.h"
#include "ctl/event_filter.h"
#include "ctl/time_span.h"

namespace memmon::ctl {

class EventsCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  ExitStatus Follow(const Context& context, v1::EventFilter filter);
  ExitStatus Stored(const Context& context, v1::EventFilter filter);

  EventFilterOptions filter_;
  TimeSpanOptions span_;
  bool follow_ = false;
  bool json_ = false;
  bool bytes_ = false;
  uint64_t limit_ = 0;
  std::string resume_file_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EVENTS_COMMAND_H_
