// SPDX-License-Identifier: Apache-2.0
//
// What somebody who looks at `memmonctl top` has chosen: order, filter, line,
// pause, help. Keys change it; what is drawn follows from it and from a view.
//
// Not thread-safe.

#ifndef MEMMON_CTL_TOP_STATE_H_
#define MEMMON_CTL_TOP_STATE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "ctl/key_press.h"
#include "ctl/process_feed.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class TopState {
 public:
  // `request` is what the command line asked for: interval, filter and order.
  explicit TopState(const v1::StreamProcessesRequest& request);

  enum class Effect {
    kNone,
    kQuit,
    kAsk,  // request() is another one now
  };
  // `page` is how many processes can be seen at once.
  Effect Press(const KeyPress& key, size_t page);

  // A newer view; not taken while paused. Returns whether more has to be asked for.
  Effect Take(ProcessView view);

  // With the filter and order of now, and no more processes than can be reached.
  v1::StreamProcessesRequest request() const;

  const ProcessView& view() const { return view_; }  // in order
  v1::ProcessOrder order() const { return order_; }
  bool reverse() const { return reverse_; }
  bool paused() const { return paused_; }
  bool help() const { return help_; }
  const std::string& filter() const { return filter_; }
  // What is being typed; not set while nothing is.
  const std::optional<std::string>& draft() const { return draft_; }
  size_t selected() const { return selected_; }
  // The first process that is seen, so that the selected one is.
  size_t FirstSeen(size_t page);

 private:
  Effect Type(const KeyPress& key);
  Effect Choose(char32_t character);
  Effect Order(int step);
  void Move(long step);
  // The line stays on its process when the others move.
  void Arrange();

  const v1::StreamProcessesRequest asked_;
  ProcessView view_;
  v1::ProcessOrder order_;
  bool reverse_ = false;
  bool paused_ = false;
  bool help_ = false;
  std::string filter_;
  std::optional<std::string> draft_;
  size_t selected_ = 0;
  size_t first_ = 0;
  uint32_t limit_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TOP_STATE_H_
