// SPDX-License-Identifier: Apache-2.0

#include "ctl/screen.h"

// ncurses' macros (move, clear, timeout) would rename whatever comes after.
#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include <cstdio>

namespace memmon::ctl {
namespace {

// How long an Esc may be the beginning of another key, ms.
constexpr int kEscapeDelay = 50;

enum Pair : short { kGoodPair = 1, kBadPair = 2 };

attr_t Attributes(Style style, bool colour) {
  switch (style) {
    case Style::kGood:
      return colour ? COLOR_PAIR(kGoodPair) : A_NORMAL;
    case Style::kBad:
      return A_BOLD | (colour ? COLOR_PAIR(kBadPair) : A_NORMAL);
    case Style::kTitles:
      return A_REVERSE;
    case Style::kSelected:
      return A_BOLD | A_UNDERLINE;
    case Style::kFaint:
      return A_DIM;
    case Style::kPlain:
      break;
  }
  return A_NORMAL;
}

}  // namespace

struct Screen::Terminal {
  SCREEN* screen = nullptr;
  bool colour = false;
};

std::unique_ptr<Screen> Screen::Open(bool colour) {
  auto terminal = std::make_unique<Terminal>();
  // Unlike initscr, it returns where the terminal is not known.
  terminal->screen = newterm(nullptr, stdout, stdin);
  if (terminal->screen == nullptr) return nullptr;
  set_term(terminal->screen);
  set_escdelay(kEscapeDelay);
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  curs_set(0);
  terminal->colour = colour && has_colors();
  if (terminal->colour) {
    start_color();
    use_default_colors();
    init_pair(kGoodPair, COLOR_GREEN, -1);
    init_pair(kBadPair, COLOR_RED, -1);
  }
  return std::unique_ptr<Screen>(new Screen(std::move(terminal)));
}

Screen::Screen(std::unique_ptr<Terminal> terminal) : terminal_(std::move(terminal)) {}

Screen::~Screen() {
  curs_set(1);
  endwin();
  delscreen(terminal_->screen);
}

size_t Screen::width() const { return static_cast<size_t>(getmaxx(stdscr)); }
size_t Screen::height() const { return static_cast<size_t>(getmaxy(stdscr)); }

void Screen::Draw(const std::vector<StyledLine>& lines) {
  werase(stdscr);
  for (size_t i = 0; i < lines.size(); ++i) {
    wattrset(stdscr, static_cast<int>(Attributes(lines[i].style, terminal_->colour)));
    // The last cell of all makes some terminals scroll; ncurses knows which.
    mvwaddnstr(stdscr, static_cast<int>(i), 0, lines[i].text.c_str(),
               static_cast<int>(lines[i].text.size()));
  }
  wattrset(stdscr, A_NORMAL);
  wrefresh(stdscr);
}

KeyPress Screen::Read(std::chrono::milliseconds limit) {
  wtimeout(stdscr, static_cast<int>(limit.count()));
  wint_t character = 0;
  const int got = wget_wch(stdscr, &character);
  if (got == ERR) return {};
  if (got != KEY_CODE_YES) {
    switch (character) {
      case '\r':
      case '\n':
        return {KeyCode::kEnter};
      case 27:
        return {KeyCode::kEscape};
      case 8:
      case 127:
        return {KeyCode::kBackspace};
      default:
        return KeyPress::Of(static_cast<char32_t>(character));
    }
  }
  switch (character) {
    case KEY_UP:
      return {KeyCode::kUp};
    case KEY_DOWN:
      return {KeyCode::kDown};
    case KEY_PPAGE:
      return {KeyCode::kPageUp};
    case KEY_NPAGE:
      return {KeyCode::kPageDown};
    case KEY_HOME:
      return {KeyCode::kHome};
    case KEY_END:
      return {KeyCode::kEnd};
    case KEY_ENTER:
      return {KeyCode::kEnter};
    case KEY_BACKSPACE:
      return {KeyCode::kBackspace};
    case KEY_F(1):
      return {KeyCode::kHelp};
    case KEY_F(10):
      return {KeyCode::kQuit};
    case KEY_RESIZE:
      return {KeyCode::kResize};
    default:
      return {};
  }
}

}  // namespace memmon::ctl
