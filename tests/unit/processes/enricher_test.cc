// SPDX-License-Identifier: Apache-2.0

#include "processes/enricher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>

#include "fakes/event_builder.h"
#include "processes/procfs.h"

namespace memmon::processes {
namespace {

using model::Event;
using model::EventKind;
using model::ProcessKey;

class ProcFsTest : public testing::Test {
 protected:
  ProcFsTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    root_ = mkdtemp(directory.data());
    ticks_ = static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
  }
  ~ProcFsTest() override { std::filesystem::remove_all(root_); }

  void Process(uint32_t tgid, const std::string& name, uint64_t start_ticks,
               const std::string& command_line) {
    const auto directory = root_ / std::to_string(tgid);
    std::filesystem::create_directory(directory);
    std::ofstream(directory / "cmdline") << command_line;
    std::ofstream(directory / "stat")
        << tgid << " (" << name << ") S 42 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "
        << start_ticks << " 999 111\n";
  }

  // A start within the tick.
  uint64_t StartNs(uint64_t start_ticks) const {
    return start_ticks * (1'000'000'000 / ticks_) + 1'234;
  }

  std::filesystem::path root_;
  uint64_t ticks_ = 0;
};

TEST_F(ProcFsTest, ReadsCommandLineAndParent) {
  Process(7, "odd) name (", 500, std::string("/bin/odd\0--flag\0", 16));
  ProcFs procfs(root_);
  const auto info = procfs.Read({7, StartNs(500)});
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->command_line, "/bin/odd --flag");
  EXPECT_EQ(info->parent_tgid, 42u);
}

TEST_F(ProcFsTest, AnotherProcessWithTheTgidIsNotIt) {
  Process(7, "new", 501, "new");
  ProcFs procfs(root_);
  EXPECT_EQ(procfs.Read({7, StartNs(500)}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(procfs.Read({8, StartNs(500)}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ProcFsTest, ReadsWhatIsInRam) {
  Process(7, "name", 500, "");
  std::ofstream(root_ / "7" / "statm") << "1000 300 200 1 0 100 0\n";
  ProcFs procfs(root_);
  EXPECT_EQ(procfs.ReadResidentBytes(7), 300u * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(procfs.ReadResidentBytes(8), 0u);
}

TEST_F(ProcFsTest, CutsAndCleansTheCommandLine) {
  Process(7, "long", 500, "\xff" + std::string(1'000, 'x'));
  ProcFs procfs(root_);
  EXPECT_EQ(procfs.Read({7, StartNs(500)})->command_line, "?" + std::string(255, 'x'));
}

TEST_F(ProcFsTest, TellsAScriptInOneLine) {
  Process(7, "sh", 500, std::string("sh\0-c\0a\n\tb\0", 11));
  ProcFs procfs(root_);
  EXPECT_EQ(procfs.Read({7, StartNs(500)})->command_line, "sh -c a  b");
}

TEST_F(ProcFsTest, ReadsTheRealOne) {
  // This process's own start, as the kernel tells it.
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  ProcFs procfs;
  const auto info =
      procfs.Read({static_cast<uint32_t>(getpid()), StartNs(std::stoull(fields.at(19)))});
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->parent_tgid, static_cast<uint32_t>(getppid()));
  EXPECT_NE(info->command_line.find("memmon_processes_test"), std::string::npos);
}

TEST_F(ProcFsTest, ReadsWhichContainer) {
  Process(7, "daemon", 500, "daemon");
  std::ofstream(root_ / "7" / "cgroup") << "0::/system.slice/some.service\n";
  ProcFs procfs(root_);
  EXPECT_EQ(procfs.Read({7, StartNs(500)})->container, "some.service");
}

class FakeReader : public ProcessInfoReader {
 public:
  absl::StatusOr<ProcessInfo> Read(const ProcessKey& key) override {
    if (key.tgid % 10 == 0) return absl::NotFoundError("gone");
    return ProcessInfo{1, "command " + std::to_string(key.tgid),
                       "unit" + std::to_string(key.tgid) + ".service"};
  }
  uint64_t ReadResidentBytes(uint32_t) override { return 0; }
  absl::StatusOr<AddressSpace> ReadAddressSpace(const ProcessKey&) override {
    return absl::NotFoundError("gone");
  }
};

TEST(EnricherTest, LooksUpNewProcesses) {
  ProcessTable table;
  FakeReader reader;
  const auto capture = fakes::MakeCapture();
  std::vector<Event> events(300);
  for (uint32_t i = 0; i < events.size(); ++i) {
    events[i].kind = EventKind::kBaseline;
    events[i].tgid = i + 1;
    events[i].start_ns = 5;
  }
  {
    Enricher enricher(&table, &reader, nullptr);
    const auto batch = fakes::MakeBatch(capture, events);
    table.Take(batch);
    enricher.Take(batch);
    const auto found = [&] {
      size_t count = 0;
      for (const auto& process : table.ChangesSince(0, 0).processes) {
        count += process.command_line == "command " + std::to_string(process.key.tgid) &&
                 process.parent_tgid == 1 && process.user_name == "root" &&
                 process.container == "unit" + std::to_string(process.key.tgid) + ".service";
      }
      return count;
    };
    while (found() < 270) std::this_thread::yield();
    EXPECT_EQ(found(), 270u);
  }
  EXPECT_FALSE(table.has_unresolved());
}

// So that a short container's name is known when its events are stored.
TEST(EnricherTest, AsksForTheContainerOfEachCgroup) {
  class Names : public model::ContainerNames {
   public:
    std::optional<std::string> NameOf(uint64_t cgroup_id) override {
      asked_for = cgroup_id;
      return "";
    }
    bool IsOfBoot(const std::array<uint8_t, 16>&) const override { return true; }
    std::atomic<uint64_t> asked_for = 0;
  };
  ProcessTable table;
  FakeReader reader;
  Names names;
  Event event;
  event.kind = EventKind::kMmap;
  event.tgid = 7;
  event.start_ns = 5;
  event.cgroup_id = 4'711;
  Enricher enricher(&table, &reader, &names);
  const auto batch = fakes::MakeBatch(fakes::MakeCapture(), {event});
  table.Take(batch);
  enricher.Take(batch);
  while (names.asked_for == 0) std::this_thread::yield();
  EXPECT_EQ(names.asked_for, 4'711u);
}

TEST(EnricherTest, WhoseUserOrCgroupIsAnotherIsLookedUpAgain) {
  ProcessTable table;
  const auto capture = fakes::MakeCapture();
  Event event;
  event.kind = EventKind::kMmap;
  event.tgid = 5;
  event.start_ns = 5;
  const auto take = [&] {
    ++event.time_ns;
    table.Take(fakes::MakeBatch(capture, {event}));
    return table.TakeUnresolved(10).size();
  };
  const auto look = [&] { return table.Get({{5, 5}}).at(0); };
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(take(), 0u);
  table.SetUserName({5, 5}, "root");
  table.SetContainer({5, 5}, "ssh.service");
  EXPECT_EQ(look().user_name, "root");
  event.uid = 1'000;
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(look().user_name, "");
  table.SetUserName({5, 5}, "ana");
  table.SetContainer({5, 5}, "ssh.service");
  event.cgroup_id = 9;
  EXPECT_EQ(take(), 1u);
  EXPECT_EQ(look().container, "");
  EXPECT_TRUE(table.Get({{6, 6}}).empty());
}

TEST(EnricherTest, AChildIsItsParentsAsLongAsTheUserIs) {
  ProcessTable table;
  const auto capture = fakes::MakeCapture();
  Event parent;
  parent.kind = EventKind::kMmap;
  parent.tgid = 5;
  parent.start_ns = 5;
  parent.time_ns = 10;
  table.Take(fakes::MakeBatch(capture, {parent}));
  table.TakeUnresolved(10);
  table.SetCommandLine({5, 5}, "sshd");
  table.SetUserName({5, 5}, "root");
  table.SetContainer({5, 5}, "ssh.service");
  Event child;
  child.kind = EventKind::kFork;
  child.tgid = 6;
  child.start_ns = 6;
  child.time_ns = 11;
  child.result = 5;
  Event other = child;
  other.tgid = other.start_ns = 7;
  other.uid = 1'000;
  table.Take(fakes::MakeBatch(capture, {child, other}));
  EXPECT_EQ(table.Get({{6, 6}}).at(0).user_name, "root");
  EXPECT_EQ(table.Get({{6, 6}}).at(0).container, "ssh.service");
  EXPECT_EQ(table.Get({{7, 7}}).at(0).user_name, "");
  EXPECT_EQ(table.TakeUnresolved(10), (std::vector<ProcessKey>{{7, 7}}));
}

TEST(EnricherTest, StopsAtOnceWithNothingToDo) {
  ProcessTable table;
  FakeReader reader;
  Enricher enricher(&table, &reader, nullptr);
}

}  // namespace
}  // namespace memmon::processes
