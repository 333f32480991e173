// SPDX-License-Identifier: Apache-2.0
//
// The terminal as a page of lines and a keyboard, through ncurses: it knows the
// terminals, their keys and their sizes. The only file that names it.
//
// Thread safety: one thread; one Screen at a time. The destructor gives the
// terminal back as it was.

#ifndef MEMMON_CTL_SCREEN_H_
#define MEMMON_CTL_SCREEN_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "ctl/key_press.h"
#include "ctl/top_page.h"

namespace memmon::ctl {

class Screen {
 public:
  // Takes stdin and stdout. Null where this is no terminal that can be drawn on.
  static std::unique_ptr<Screen> Open(bool colour);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  size_t width() const;
  size_t height() const;
  // As many lines as the screen has. Only what changed is sent.
  void Draw(const std::vector<StyledLine>& lines);
  // Waits for a key; kNone where none comes in time.
  KeyPress Read(std::chrono::milliseconds limit);

 private:
  struct Terminal;
  explicit Screen(std::unique_ptr<Terminal> terminal);
  std::unique_ptr<Terminal> terminal_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_SCREEN_H_
