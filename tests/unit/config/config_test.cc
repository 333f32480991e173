// SPDX-License-Identifier: Apache-2.0

#include "config/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "has.h"

namespace memmon::config {
namespace {

absl::StatusOr<Invocation> ParseFlags(const std::vector<const char*>& flags,
                                      const Environment& environment = {}) {
  std::vector<const char*> argv = {"memmond"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  return Parse(static_cast<int>(argv.size()), argv.data(), environment);
}

std::string ErrorOf(const absl::StatusOr<Invocation>& invocation) {
  EXPECT_FALSE(invocation.ok());
  std::string message(invocation.status().message());
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  return message;
}

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/memmon-config-XXXXXX";
    int fd = mkstemp(name);
    ASSERT_GE(fd, 0);
    close(fd);
    path_ = name;
  }
  void TearDown() override { std::filesystem::remove(path_); }

  absl::StatusOr<Invocation> ParseFile(const std::string& text) {
    std::ofstream(path_) << text;
    return ParseFlags({"--config", path_.c_str()});
  }

  std::string path_;
};

TEST(Config, DefaultsAreLoopbackAndTheDevice) {
  auto invocation = ParseFlags({});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->action, Action::kRun);
  EXPECT_EQ(invocation->config.device, "/dev/memmon");
  EXPECT_EQ(invocation->config.replay, "");
  EXPECT_EQ(invocation->config.grpc_address.ToString(), "127.0.0.1:50051");
  EXPECT_EQ(invocation->config.web_address.ToString(), "127.0.0.1:8080");
  EXPECT_EQ(invocation->config.database, "");
}

TEST_F(ConfigFile, FlagsGoBeforeEnvironmentGoesBeforeFile) {
  std::ofstream(path_) << "grpc_address = \"127.0.0.1:1\"\nweb_address = \"127.0.0.1:2\"\n"
                          "database = \"dbname=file\"\n";
  auto invocation =
      ParseFlags({"--grpc-address", "127.0.0.1:3", "--config", path_.c_str()},
                 {{"MEMMON_GRPC_ADDRESS", "127.0.0.1:4"}, {"MEMMON_WEB_ADDRESS", "127.0.0.1:5"}});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->config.grpc_address.port, 3);
  EXPECT_EQ(invocation->config.web_address.port, 5);
  EXPECT_EQ(invocation->config.database, "dbname=file");
}

TEST_F(ConfigFile, TheEnvironmentMayNameTheFile) {
  std::ofstream(path_) << "device = \"/dev/other\"\n";
  auto invocation = ParseFlags({}, {{"MEMMON_CONFIG", path_}});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->config.device, "/dev/other");
}

TEST_F(ConfigFile, ASourceOfAHigherLayerReplacesTheLowerOne) {
  std::ofstream(path_) << "replay = \"/a\"\nreplay_speed = 2\n";
  auto invocation = ParseFlags({"--config", path_.c_str(), "--device", "/dev/x"});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->config.replay, "");
  EXPECT_EQ(invocation->config.device, "/dev/x");
}

TEST_F(ConfigFile, AnUnknownKeyIsNamedWithFileAndLine) {
  std::string error = ErrorOf(ParseFile("device = \"/dev/x\"\ndevcie = \"/dev/y\"\n"));
  EXPECT_TRUE(Has(error, path_ + ":2: devcie: unknown key")) << error;
  EXPECT_TRUE(Has(error, "grpc_address")) << error;
}

TEST_F(ConfigFile, AMalformedValueIsNamedWithFileAndLine) {
  std::string error = ErrorOf(ParseFile("\n\nweb_address = \"somewhere\"\n"));
  EXPECT_TRUE(Has(error, path_ + ":3: web_address: \"somewhere\" is not ADDRESS:PORT")) << error;
}

TEST_F(ConfigFile, AWrongTypeIsNamedWithFileAndLine) {
  EXPECT_TRUE(Has(ErrorOf(ParseFile("web_address = 8080\n")), ":1: web_address: write a string"));
  EXPECT_TRUE(Has(ErrorOf(ParseFile("replay = \"a\"\nreplay_speed = \"2\"\n")),
                  ":2: replay_speed: write a number"));
}

TEST_F(ConfigFile, WhatIsNotTomlIsNamedWithFileAndLine) {
  std::string error = ErrorOf(ParseFile("device = \"/dev/x\"\n= =\n"));
  EXPECT_TRUE(Has(error, path_ + ":2: not TOML")) << error;
}

TEST(Config, AMissingFileIsNamed) {
  std::string error = ErrorOf(ParseFlags({"--config", "/nonexistent/memmond.toml"}));
  EXPECT_TRUE(Has(error, "/nonexistent/memmond.toml")) << error;
}

TEST(Config, ContradictionsAreRefused) {
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--device", "/dev/x", "--replay", "a"})),
                  "--replay: contradicts --device"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--replay-speed", "2"})), "--replay-speed: needs"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--web-address", "127.0.0.1:50051"})), "--web-address"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--check", "--print-config"})), "--check: contradicts"));
}

TEST(Config, MalformedFlagsAreNamed) {
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--nonsense"})), "--nonsense"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--device"})), "--device"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--device", ""})), "--device: is empty"));
  for (const char* speed : {"-1", "fast", "nan", "inf", "1x", ""}) {
    EXPECT_TRUE(
        Has(ErrorOf(ParseFlags({"--replay", "a", "--replay-speed", speed})), "--replay-speed"))
        << speed;
  }
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({}, {{"MEMMON_WEB_ADDRESS", "x"}})), "MEMMON_WEB_ADDRESS: "));
}

TEST(Config, WhatIsNotUtf8IsRefused) {
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--replay", "\xff"})), "--replay: is not UTF-8"));
  EXPECT_TRUE(ParseFlags({"--replay", "grabaci\xc3\xb3n"}).ok());
}

TEST(Config, AnEmptyVariableIsNotSetAndAnUnknownOneIsToldOf) {
  auto invocation = ParseFlags({}, {{"MEMMON_REPLAY", ""}, {"MEMMON_DATABSE", "x"}});
  ASSERT_TRUE(invocation.ok()) << invocation.status();
  EXPECT_EQ(invocation->config.replay, "");
  ASSERT_EQ(invocation->warnings.size(), 1u);
  EXPECT_TRUE(Has(invocation->warnings[0], "MEMMON_DATABSE"));
}

TEST_F(ConfigFile, WhatIsPrintedCanBeReadAgain) {
  auto first = ParseFlags({"--replay", "tra\"ce", "--replay-speed", "2.5", "--web-address",
                           "[::1]:81", "--database", "dbname='a b'", "--web-root", "/srv/x",
                           "--grpc-socket", "/run/x.sock", "--open-details", "yes"});
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = ParseFile(ToToml(first->config));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->config.replay, "tra\"ce");
  EXPECT_EQ(second->config.replay_speed, 2.5);
  EXPECT_EQ(second->config.web_address.ToString(), "[::1]:81");
  EXPECT_EQ(second->config.database, "dbname='a b'");
  EXPECT_EQ(second->config.web_root, "/srv/x");
  EXPECT_EQ(second->config.grpc_socket, "/run/x.sock");
  EXPECT_TRUE(second->config.open_details);
}

TEST(Config, ASocketHasAPathThatASocketCanHave) {
  EXPECT_EQ(ParseFlags({})->config.grpc_socket, "");
  const std::string longest(107, 'a');
  EXPECT_EQ(ParseFlags({"--grpc-socket", longest.c_str()})->config.grpc_socket, longest);
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--grpc-socket", (longest + "a").c_str()})),
                  "--grpc-socket: is too long for a socket; give a path of 107 bytes at most"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--grpc-socket", ""})), "give a path or leave it out"));
}

TEST(Config, ASpoolHasADirectoryABoundAndSaysWhatGoes) {
  auto none = ParseFlags({"--database", "dbname=x"});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->config.spool_dir, "");
  auto plain = ParseFlags({"--database", "dbname=x", "--spool-dir", "/s"});
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->config.spool_bytes, 1u << 30);
  EXPECT_EQ(plain->config.spool_full, SpoolFull::kDropOldest);
  auto given = ParseFlags({"--database", "dbname=x"}, {{"MEMMON_SPOOL_DIR", "/s"},
                                                       {"MEMMON_SPOOL_BYTES", "20M"},
                                                       {"MEMMON_SPOOL_FULL", "drop-newest"}});
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(given->config.spool_dir, "/s");
  EXPECT_EQ(given->config.spool_bytes, 20u << 20);
  EXPECT_EQ(given->config.spool_full, SpoolFull::kDropNewest);
}

TEST(Config, ASpoolThatCannotBeIsRefused) {
  const std::vector<const char*> good = {"--database", "dbname=x", "--spool-dir", "/s"};
  const auto error = [&](std::vector<const char*> flags) {
    flags.insert(flags.begin(), good.begin(), good.end());
    return ErrorOf(ParseFlags(flags));
  };
  for (const char* bytes : {"", "M", "1.5G", "16m", "-1", "9223372036854775808", "8388608T"}) {
    EXPECT_TRUE(Has(error({"--spool-bytes", bytes}), "1073741824 or 1G")) << bytes;
  }
  EXPECT_TRUE(Has(error({"--spool-bytes", "15M"}), "16M or more"));
  EXPECT_TRUE(Has(error({"--spool-full", "both"}), "drop-oldest"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--spool-dir", "/s"})), "--database"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--spool-bytes", "1G"})), "--spool-dir"));
  EXPECT_TRUE(Has(ErrorOf(ParseFlags({"--spool-full", "drop-newest"})), "--spool-dir"));
}

TEST_F(ConfigFile, ASpoolThatIsPrintedCanBeReadAgain) {
  auto first = ParseFlags({"--database", "dbname=x", "--spool-dir", "/s", "--spool-bytes", "3G",
                           "--spool-full", "drop-newest"});
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = ParseFile(ToToml(first->config));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->config.spool_dir, "/s");
  EXPECT_EQ(second->config.spool_bytes, uint64_t{3} << 30);
  EXPECT_EQ(second->config.spool_full, SpoolFull::kDropNewest);
}

TEST(Config, HowMuchIsKeptHasADefaultButForARecording) {
  auto live = ParseFlags({"--database", "dbname=x"});
  ASSERT_TRUE(live.ok()) << live.status();
  EXPECT_EQ(live->config.keep_days, 7);
  EXPECT_EQ(live->config.keep_bytes, uint64_t{20} << 30);
  EXPECT_EQ(live->config.keep_rollup_days, 400);
  EXPECT_EQ(live->config.keep_coarse_days, 1100);
  EXPECT_EQ(live->config.store, StoreMode::kAll);
  auto replay = ParseFlags({"--database", "dbname=x", "--replay", "old", "--keep-days", "3"});
  ASSERT_TRUE(replay.ok()) << replay.status();
  EXPECT_EQ(replay->config.keep_days, 3);
  EXPECT_EQ(replay->config.keep_bytes, 0u);
  EXPECT_EQ(replay->config.keep_rollup_days, 0);
  EXPECT_EQ(replay->config.keep_coarse_days, 0);
}

TEST(Config, WhatIsKeptThatCannotBeIsRefused) {
  const auto error = [](std::vector<const char*> flags) { return ErrorOf(ParseFlags(flags)); };
  EXPECT_TRUE(Has(error({"--keep-days", "-1"}), "0 (for ever)"));
  EXPECT_TRUE(Has(error({"--keep-rollup-days", "36501"}), "0 (for ever)"));
  EXPECT_TRUE(Has(error({"--keep-bytes", "much"}), "1073741824 or 1G"));
  EXPECT_TRUE(Has(error({"--store", "some"}), "all, filtered nor rollups"));
  EXPECT_TRUE(Has(error({"--store", "filtered"}), "--store-min-length"));
  EXPECT_TRUE(Has(error({"--store-names", "a"}), "--store filtered"));
  EXPECT_TRUE(Has(error({"--store", "filtered", "--store-names", "a,,b"}), "empty part"));
  EXPECT_TRUE(Has(error({"--store", "filtered", "--store-kinds", "map"}), "munmap"));
}

TEST_F(ConfigFile, WhatIsKeptThatIsPrintedCanBeReadAgain) {
  auto first =
      ParseFlags({"--store", "filtered", "--store-min-length", "64K", "--store-names", "java,post*",
                  "--store-kinds", "mmap,exit", "--keep-days", "0", "--keep-bytes", "5G",
                  "--keep-rollup-days", "30", "--keep-coarse-days", "90"});
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = ParseFile(ToToml(first->config));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->config.store, StoreMode::kFiltered);
  EXPECT_EQ(second->config.store_min_length, 65'536u);
  EXPECT_EQ(second->config.store_names, (std::vector<std::string>{"java", "post*"}));
  EXPECT_EQ(second->config.store_kinds,
            (std::vector{model::EventKind::kMmap, model::EventKind::kExit}));
  EXPECT_EQ(second->config.keep_days, 0);
  EXPECT_EQ(second->config.keep_bytes, uint64_t{5} << 30);
  EXPECT_EQ(second->config.keep_rollup_days, 30);
  EXPECT_EQ(second->config.keep_coarse_days, 90);
}

TEST(Config, ActionsAreTold) {
  EXPECT_EQ(ParseFlags({"--version"})->action, Action::kVersion);
  EXPECT_EQ(ParseFlags({"--check"})->action, Action::kCheck);
  EXPECT_EQ(ParseFlags({"--print-config"})->action, Action::kPrintConfig);
  auto help = ParseFlags({"--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_EQ(help->action, Action::kHelp);
  EXPECT_TRUE(Has(help->help, "--replay-speed"));
}

TEST(Address, TakesAddressesAlone) {
  EXPECT_EQ(ParseAddress("localhost:80")->host, "127.0.0.1");
  EXPECT_EQ(ParseAddress("[::]:0")->host, "::");
  EXPECT_EQ(ParseAddress("0.0.0.0:65535")->port, 65535);
  for (const char* text : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                           "example.org:80", "127.0.0.1:8 0", "127.0.0.1:-1", "[127.0.0.1]:1"}) {
    EXPECT_FALSE(ParseAddress(text).ok()) << text;
  }
}

}  // namespace
}  // namespace memmon::config
