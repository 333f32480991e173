// SPDX-License-Identifier: Apache-2.0
//
// A key, whatever the terminal calls it.

#ifndef MEMMON_CTL_KEY_PRESS_H_
#define MEMMON_CTL_KEY_PRESS_H_

namespace memmon::ctl {

enum class KeyCode {
  kNone,       // none came in time
  kCharacter,  // see KeyPress::character
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kEscape,
  kBackspace,
  kHelp,    // F1
  kQuit,    // F10
  kResize,  // the terminal has another size
};

struct KeyPress {
  KeyCode code = KeyCode::kNone;
  char32_t character = 0;

  static KeyPress Of(char32_t character) { return {KeyCode::kCharacter, character}; }
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_KEY_PRESS_H_
