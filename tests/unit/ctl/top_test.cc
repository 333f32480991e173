// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl top` without a terminal: what keys do, and what is on the page.

#include <gtest/gtest.h>

#include <clocale>
#include <string>

#include "ctl/process_set.h"
#include "ctl/text.h"
#include "ctl/top_page.h"
#include "ctl/top_state.h"

namespace memmon::ctl {
namespace {

v1::Process MakeProcess(uint32_t pid, const std::string& name, uint64_t held) {
  v1::Process process;
  process.set_pid(pid);
  process.set_start_ns(pid);
  process.set_name(name);
  process.set_held_bytes(held);
  process.set_virtual_size_bytes(held * 2);
  return process;
}

ProcessView MakeView(int count) {
  ProcessView view;
  for (int i = 1; i <= count; ++i) {
    view.rows.push_back({MakeProcess(static_cast<uint32_t>(i), "p" + std::to_string(i),
                                     static_cast<uint64_t>(i) << 20)});
  }
  return view;
}

class Top : public testing::Test {
 protected:
  Top() : state_(v1::StreamProcessesRequest()) {
    setlocale(LC_CTYPE, "C.UTF-8");
    state_.Take(MakeView(50));
  }
  TopState::Effect Press(char character) { return state_.Press(KeyPress::Of(character), 20); }
  TopState::Effect Press(KeyCode code) { return state_.Press({code}, 20); }
  uint32_t Selected() const { return state_.view().rows[state_.selected()].process.pid(); }
  std::vector<StyledLine> Page(size_t width = 80, size_t height = 24) {
    return TopPage(
        &state_,
        {.width = width, .height = height, .zone = absl::UTCTimeZone(), .now = absl::UnixEpoch()},
        Messages(Language::kEnglish));
  }

  TopState state_;
};

TEST_F(Top, ShowsTheLargestFirst) {
  EXPECT_EQ(Selected(), 50u);
  EXPECT_EQ(state_.request().order(), v1::PROCESS_ORDER_HELD_BYTES);
  EXPECT_EQ(state_.request().limit(), 200u);
}

TEST_F(Top, MovesAsVimAndArrowsDo) {
  Press('j');
  Press(KeyCode::kDown);
  EXPECT_EQ(Selected(), 48u);
  Press('k');
  EXPECT_EQ(Selected(), 49u);
  Press(KeyCode::kPageDown);
  EXPECT_EQ(Selected(), 29u);
  Press('G');
  EXPECT_EQ(Selected(), 1u);
  Press(KeyCode::kDown);
  EXPECT_EQ(Selected(), 1u);
  Press('g');
  Press(KeyCode::kUp);
  EXPECT_EQ(Selected(), 50u);
}

TEST_F(Top, KeepsItsLineOnAProcessThatMoves) {
  Press('j');
  ASSERT_EQ(Selected(), 49u);
  ProcessView view = MakeView(50);
  view.rows[48].process.set_held_bytes(1);
  state_.Take(view);
  EXPECT_EQ(Selected(), 49u);
  EXPECT_EQ(state_.selected(), 49u);
}

TEST_F(Top, SortsByTheColumnsOnEitherSide) {
  EXPECT_EQ(Press('>'), TopState::Effect::kAsk);
  EXPECT_EQ(state_.request().order(), v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES);
  Press('<');
  Press('<');
  EXPECT_EQ(state_.request().order(), v1::PROCESS_ORDER_NAME);
  EXPECT_EQ(Selected(), 1u);
  Press('s');
  EXPECT_EQ(state_.request().order(), v1::PROCESS_ORDER_HELD_BYTES);
}

TEST_F(Top, NeedsAllProcessesForTheReversedOrder) {
  EXPECT_EQ(Press('r'), TopState::Effect::kAsk);
  EXPECT_EQ(state_.request().limit(), 0u);
  EXPECT_EQ(Selected(), 1u);
}

TEST_F(Top, AsksForMoreAtTheLastThatWasAskedFor) {
  state_.Take(MakeView(200));
  EXPECT_EQ(Press('G'), TopState::Effect::kAsk);
  EXPECT_EQ(state_.request().limit(), 400u);
}

TEST_F(Top, FiltersByWhatIsTyped) {
  Press('/');
  for (const char c : std::string("postx")) Press(c);
  Press(KeyCode::kBackspace);
  ASSERT_TRUE(state_.draft());
  EXPECT_NE(Page().back().text.find("name or PID: post_"), std::string::npos);
  EXPECT_EQ(Press(KeyCode::kEnter), TopState::Effect::kAsk);
  EXPECT_EQ(state_.request().filter().process_names(0), "*post*");
  EXPECT_NE(Page()[1].text.find("filter: post"), std::string::npos);
  EXPECT_EQ(Press(KeyCode::kEscape), TopState::Effect::kAsk);
  EXPECT_EQ(state_.request().filter().process_names_size(), 0);
}

TEST_F(Top, TakesANumberForAPidAndAPatternAsItIs) {
  Press('/');
  for (const char c : std::string("123")) Press(c);
  Press(KeyCode::kEnter);
  EXPECT_EQ(state_.request().filter().pids(0), 123u);
  Press('/');
  for (int i = 0; i < 3; ++i) Press(KeyCode::kBackspace);
  for (const char c : std::string("p?")) Press(c);
  Press(KeyCode::kEnter);
  EXPECT_EQ(state_.request().filter().process_names(0), "p?");
  EXPECT_EQ(state_.request().filter().pids_size(), 0);
}

TEST_F(Top, QuitsAndTypesQInAFilter) {
  EXPECT_EQ(Press('q'), TopState::Effect::kQuit);
  EXPECT_EQ(Press(KeyCode::kQuit), TopState::Effect::kQuit);
  Press('/');
  EXPECT_EQ(Press('q'), TopState::Effect::kNone);
  EXPECT_EQ(*state_.draft(), "q");
}

TEST_F(Top, PausesWhatIsShown) {
  Press('p');
  state_.Take(MakeView(3));
  EXPECT_EQ(state_.view().rows.size(), 50u);
  EXPECT_NE(Page()[1].text.find("PAUSED"), std::string::npos);
  Press('p');
  state_.Take(MakeView(3));
  EXPECT_EQ(state_.view().rows.size(), 3u);
}

TEST_F(Top, HelpStaysUntilAKeyIsPressed) {
  Press('?');
  Press(KeyCode::kNone);
  Press(KeyCode::kResize);
  EXPECT_NE(Page()[2].text.find("quit"), std::string::npos);
  Press('q');
  EXPECT_FALSE(state_.help());
}

TEST_F(Top, FillsEveryPageExactly) {
  for (const size_t width : {1u, 20u, 40u, 80u, 200u}) {
    for (const size_t height : {1u, 3u, 5u, 24u, 100u}) {
      for (const bool help : {false, true}) {
        if (help) Press('?');
        const auto lines = Page(width, height);
        ASSERT_EQ(lines.size(), height);
        for (const StyledLine& line : lines) EXPECT_EQ(Width(line.text), width) << line.text;
        if (help) Press('q');
      }
    }
  }
}

TEST_F(Top, ShowsWhatMattersIn80Columns) {
  const auto lines = Page();
  for (const char* title : {"PID", "USER", "NAME", "HELDv", "VIRTUAL", "REQUESTED", "C/S"}) {
    EXPECT_NE(lines[2].text.find(title), std::string::npos) << title << ": " << lines[2].text;
  }
  EXPECT_EQ(lines[2].style, Style::kTitles);
  EXPECT_EQ(lines[3].style, Style::kSelected);
  EXPECT_NE(lines[3].text.find("50.0 MiB"), std::string::npos);
  // The last that fits: 20 of them.
  EXPECT_NE(lines[22].text.find("31.0 MiB"), std::string::npos) << lines[22].text;
  EXPECT_NE(Page(200)[2].text.find("COMMAND"), std::string::npos);
}

TEST_F(Top, LeavesColumnsOutWhereThereIsNoRoom) {
  const auto titles = [&](size_t width) { return Page(width)[2].text; };
  EXPECT_EQ(titles(40), "    PID NAME                 HELDv   C/S");
  EXPECT_EQ(Page(40)[3].text, "     50 p50               50.0 MiB     0");
  // What the keys are is said whole, or shorter.
  EXPECT_EQ(Page(40)[23].text.find("q quit  / filter  ? help"), 0u);
  // That by which it is sorted stays.
  while (state_.order() != v1::PROCESS_ORDER_REQUESTED_BYTES) Press('>');
  EXPECT_NE(titles(40).find("REQUESTEDv"), std::string::npos) << titles(40);
  EXPECT_EQ(titles(40).find("HELD"), std::string::npos) << titles(40);
}

TEST_F(Top, KeepsTheSelectedInSightWhenThePageShrinks) {
  for (int i = 0; i < 15; ++i) Press('j');
  Page(80, 24);
  const auto lines = Page(80, 8);
  bool seen = false;
  for (const StyledLine& line : lines) seen = seen || line.style == Style::kSelected;
  EXPECT_TRUE(seen);
}

TEST_F(Top, SaysWhatIsLostAndWhatIsWrong) {
  ProcessView view = MakeView(1);
  view.totals.set_lost_count(3);
  state_.Take(view);
  EXPECT_NE(Page()[0].text.find("3 lost"), std::string::npos);
  EXPECT_EQ(Page()[0].style, Style::kBad);
  view.trouble = "nobody listens";
  state_.Take(view);
  EXPECT_NE(Page()[0].text.find("nobody listens"), std::string::npos);
}

TEST(ProcessSet, FollowsSnapshotAndChanges) {
  ProcessSet set;
  v1::StreamProcessesResponse response;
  response.set_snapshot(true);
  *response.add_processes() = MakeProcess(1, "a", 1);
  *response.add_processes() = MakeProcess(2, "b", 2);
  set.Apply(response);
  EXPECT_EQ(set.size(), 2u);
  response.Clear();
  *response.add_processes() = MakeProcess(3, "c", 3);
  v1::ProcessKey* gone = response.add_removed();
  gone->set_pid(1);
  gone->set_start_ns(1);
  set.Apply(response);
  ASSERT_EQ(set.Rows().size(), 2u);
  EXPECT_EQ(set.Rows()[0].process.pid(), 2u);
  response.Clear();
  response.set_snapshot(true);
  *response.add_processes() = MakeProcess(9, "d", 1);
  set.Apply(response);
  EXPECT_EQ(set.size(), 1u);
}

TEST(ProcessSet, CountsTheCallsOfASecond) {
  ProcessSet set;
  v1::StreamProcessesResponse response;
  response.set_snapshot(true);
  v1::Process* process = response.add_processes();
  *process = MakeProcess(1, "a", 1);
  process->set_mmap_count(1'000);
  set.Apply(response);
  const absl::Time now = absl::UnixEpoch();
  set.Tick(now);
  // What it did before it was seen is not what it does now.
  EXPECT_EQ(set.Rows()[0].calls_per_second, 0);
  process->set_mmap_count(1'010);
  process->set_failed_count(10);
  set.Apply(response);
  set.Tick(now + absl::Seconds(2));
  EXPECT_EQ(set.Rows()[0].calls_per_second, 10);
  set.Tick(now + absl::Seconds(3));
  EXPECT_EQ(set.Rows()[0].calls_per_second, 0);
}

}  // namespace
}  // namespace memmon::ctl
