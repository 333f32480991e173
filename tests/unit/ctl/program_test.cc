// SPDX-License-Identifier: Apache-2.0
//
// What is true of memmonctl whatever the command: how it connects, what it says,
// and how it ends.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ctl/connection.h"
#include "ctl/failure.h"
#include "fake_monitor.h"

namespace memmon::ctl {
namespace {

class Program : public testing::Test {
 protected:
  Program() {
    char path[] = "/tmp/memmonctl-test-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~Program() override { std::filesystem::remove_all(directory_); }
  std::string File(const std::string& name, const std::string& text) {
    std::ofstream(directory_ + "/" + name) << text;
    return directory_ + "/" + name;
  }
  Ran Ctl(std::vector<std::string> arguments, Variables variables = {}) {
    return monitor_.Ctl(arguments, std::move(variables));
  }

  FakeMonitor monitor_;
  std::string directory_;
};

TEST_F(Program, SaysThatAllIsWell) {
  const Ran ran = Ctl({"status", "--quick", "--utc"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out.find("complete: no record was lost since 2023-11-14 22:13:20\n"), 0u);
  EXPECT_EQ(ran.err, "");
}

TEST_F(Program, SaysWhatIsWrongAndEndsWithOne) {
  monitor_.status.mutable_source()->set_state(v1::SourceStatus::STATE_WAITING);
  monitor_.status.mutable_source()->set_problem("no module. Type: sudo insmod it");
  const Ran ran = Ctl({"status"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("type or do: sudo insmod it\n"), std::string::npos) << ran.out;
  const Ran json = Ctl({"status", "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_NE(json.out.find(R"("cure":"sudo insmod it")"), std::string::npos) << json.out;
  EXPECT_NE(json.out.find(R"("state":"STATE_WAITING")"), std::string::npos);
}

TEST_F(Program, SpeaksSpanish) {
  const std::map<std::string, std::string, std::less<>> spanish = {{"LC_ALL", "es_ES.UTF-8"}};
  EXPECT_EQ(Ctl({"status", "--quick"}, spanish).out.find("completo: "), 0u);
  EXPECT_NE(Ctl({"--help"}, spanish).out.find("Uso: memmonctl"), std::string::npos);
  EXPECT_NE(Ctl({"history"}, spanish).err.find("falta PID"), std::string::npos);
}

TEST_F(Program, ShowsNoColourWhereNobodySeesIt) {
  EXPECT_EQ(Ctl({"status", "--quick"}, {{"TERM", "xterm"}}).out.find('\033'), std::string::npos);
  std::ostringstream out;
  Stop stop;
  const auto coloured = [&](std::map<std::string, std::string, std::less<>> variables) {
    out.str("");
    variables["MEMMON_ADDRESS"] = monitor_.address();
    RunProgram({"status", "--quick"}, {Environment(variables), out, out, true, &stop});
    return out.str().find('\033') != std::string::npos;
  };
  EXPECT_TRUE(coloured({{"TERM", "xterm"}}));
  EXPECT_FALSE(coloured({{"TERM", "xterm"}, {"NO_COLOR", "1"}}));
  EXPECT_FALSE(coloured({{"TERM", "dumb"}}));
}

TEST_F(Program, NamesTheCureWhereNobodyListens) {
  // A port that was free a moment ago, and is again.
  std::string address;
  {
    const FakeMonitor gone;
    address = gone.address();
  }
  const Ran ran = RunCtl(address, {"status"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.err.find(address), std::string::npos);
  EXPECT_NE(ran.err.find("sudo systemctl start memmond"), std::string::npos) << ran.err;
}

TEST_F(Program, TheOptionGoesBeforeTheVariable) {
  EXPECT_EQ(RunCtl("127.0.0.1:1", {"status", "--quick", "--address", monitor_.address()}).status,
            0);
  EXPECT_EQ(RunCtl("127.0.0.1:1", {"--address", monitor_.address(), "status", "--quick"}).status,
            0);
  EXPECT_EQ(RunCtl("127.0.0.1:1", {"status"}).status, 3);
}

TEST_F(Program, GivesItsToken) {
  const std::string file = File("token", "secret\n");
  EXPECT_EQ(Ctl({"status", "--quick", "--token-file", file}).status, 0);
  EXPECT_EQ(monitor_.authorization, "Bearer secret");
  EXPECT_EQ(Ctl({"status", "--quick"}, {{"MEMMON_TOKEN_FILE", file}}).status, 0);
  EXPECT_EQ(monitor_.authorization, "Bearer secret");
  EXPECT_EQ(Ctl({"status", "--quick"}).status, 0);
  EXPECT_EQ(monitor_.authorization, "");
}

TEST_F(Program, SendsNoTokenForAllToRead) {
  const std::string file = File("token", "secret\n");
  const Ran ran = RunCtl("192.0.2.1:50051", {"status", "--token-file", file});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("--tls-ca"), std::string::npos) << ran.err;
}

TEST_F(Program, RefusesFilesThatAreNoneOfWhatIsAskedFor) {
  EXPECT_EQ(Ctl({"status", "--token-file", File("empty", "\n")}).status, 2);
  EXPECT_EQ(Ctl({"status", "--token-file", File("two", "a\nb\n")}).status, 2);
  EXPECT_EQ(Ctl({"status", "--token-file", directory_ + "/none"}).status, 2);
  EXPECT_EQ(Ctl({"status", "--tls-ca", File("no.pem", "hello")}).status, 2);
  EXPECT_EQ(Ctl({"status", "--tls-ca", directory_ + "/none"}).status, 2);
}

TEST_F(Program, SaysWhatAClientCertificateLacks) {
  const std::string ca = File("ca.pem", "-----BEGIN CERTIFICATE-----");
  const std::string certificate = File("client.pem", "-----BEGIN CERTIFICATE-----");
  const std::string key = File("client.key", "-----BEGIN PRIVATE KEY-----");
  const auto refused = [&](std::vector<std::string> arguments, const char* word) {
    arguments.insert(arguments.begin(), "status");
    const Ran ran = Ctl(arguments);
    EXPECT_EQ(ran.status, 2);
    EXPECT_NE(ran.err.find(word), std::string::npos) << ran.err;
  };
  refused({"--tls-client-cert", certificate, "--tls-client-key", key}, "add --tls-ca");
  refused({"--tls-ca", ca, "--tls-client-cert", certificate}, "give both");
  refused({"--tls-ca", ca, "--tls-client-key", key}, "give both");
  refused({"--tls-ca", ca, "--tls-client-cert", key, "--tls-client-key", key}, "no certificate");
  refused({"--tls-ca", ca, "--tls-client-cert", certificate, "--tls-client-key", certificate},
          "no private key");
}

TEST_F(Program, FindsTheSocketByItself) {
  const std::string path = directory_ + "/memmond.sock";
  const FakeMonitor monitor("unix:" + path);
  const Ran ran = RunCtl("", {"status", "--quick"}, {}, nullptr, path);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("unix:" + path), std::string::npos) << ran.out;
  // What is said goes before it.
  EXPECT_EQ(RunCtl("127.0.0.1:1", {"status"}, {}, nullptr, path).status, 3);
}

TEST_F(Program, SaysWhatItTriedWhereNobodyAnswers) {
  const Messages messages(Language::kEnglish);
  Stop stop;
  Failure failure;
  const std::string path = directory_ + "/memmond.sock";
  const auto connection = Connection::Open({}, Environment(), path, messages, &stop, &failure);
  ASSERT_NE(connection, nullptr);
  failure = connection->Explain({grpc::StatusCode::UNAVAILABLE, "Connection refused"});
  EXPECT_EQ(failure.status, ExitStatus::kNoConnection);
  EXPECT_EQ(failure.text.find("nobody listens at 127.0.0.1:50051: "), 0u) << failure.text;
  EXPECT_NE(failure.text.find("Tried before: unix:" + path + " is not there"), std::string::npos)
      << failure.text;
  // A socket that was named and may not be opened is a refusal, not an absence.
  failure = connection->Explain({grpc::StatusCode::UNAVAILABLE, "connect: Permission denied"});
  EXPECT_EQ(failure.status, ExitStatus::kRefused);
}

TEST_F(Program, TellsRefusalsApart) {
  grpc::Status answer;
  monitor_.list_processes = [&](const v1::ListProcessesRequest&, v1::ListProcessesResponse*) {
    return answer;
  };
  for (const auto& [code, status] : {std::pair{grpc::StatusCode::UNAUTHENTICATED, 4},
                                     {grpc::StatusCode::PERMISSION_DENIED, 4},
                                     {grpc::StatusCode::INVALID_ARGUMENT, 2},
                                     {grpc::StatusCode::FAILED_PRECONDITION, 1},
                                     // The database is away; memmond is not.
                                     {grpc::StatusCode::UNAVAILABLE, 1},
                                     {grpc::StatusCode::INTERNAL, 1}}) {
    answer = grpc::Status(code, "the reason");
    const Ran ran = Ctl({"ps"});
    EXPECT_EQ(ran.status, status) << code;
    EXPECT_NE(ran.err.find("the reason"), std::string::npos) << ran.err;
  }
}

TEST_F(Program, TellsAWrongTokenFromNone) {
  monitor_.list_processes = [](const v1::ListProcessesRequest&, v1::ListProcessesResponse*) {
    return grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "a token is needed");
  };
  EXPECT_NE(Ctl({"ps"}).err.find("a token is needed"), std::string::npos);
  const Ran ran = Ctl({"ps", "--token-file", File("token", "wrong\n")});
  EXPECT_EQ(ran.status, 4);
  EXPECT_NE(ran.err.find("this is not the token of memmond"), std::string::npos) << ran.err;
}

TEST_F(Program, WantsNoSchemeBeforeItsAddress) {
  for (const char* address : {"http://127.0.0.1:50051", "HTTPS://memmon.example.org"}) {
    const Ran ran = RunCtl(address, {"status"});
    EXPECT_EQ(ran.status, 2);
    EXPECT_NE(ran.err.find("HOST:PORT alone"), std::string::npos) << ran.err;
  }
}

TEST_F(Program, KnowsAPortOfTheWeb) {
  // In gRPC's words, of a server that answers in HTTP/1.1.
  const Failure failure =
      Explain({grpc::StatusCode::UNAVAILABLE,
               "failed to connect to all addresses; last error: INTERNAL: ipv4:127.0.0.1:8080: "
               "Trying to connect an http1.x server"},
              {.address = "127.0.0.1:8080"}, Messages(Language::kEnglish));
  EXPECT_EQ(failure.status, ExitStatus::kNoConnection);
  EXPECT_NE(failure.text.find("if it is the dashboard's port use gRPC's"), std::string::npos)
      << failure.text;
}

TEST_F(Program, HelpsByTheWord) {
  EXPECT_EQ(Ctl({"help"}).out, Ctl({"--help"}).out);
  EXPECT_EQ(Ctl({"help", "ps"}).out, Ctl({"ps", "--help"}).out);
  EXPECT_EQ(Ctl({"help", "ps"}).status, 0);
}

TEST_F(Program, IsNotWellWhereItCannotBeRead) {
  Stop stop;
  std::ostringstream err;
  for (const char* command : {"--help", "--version", "status", "ps"}) {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    monitor_.list_processes = [](const v1::ListProcessesRequest&, v1::ListProcessesResponse*) {
      return grpc::Status::OK;
    };
    const ExitStatus status = RunProgram(
        {command}, {Environment({{"MEMMON_ADDRESS", monitor_.address()}}), out, err, false, &stop});
    EXPECT_EQ(status, ExitStatus::kWrong) << command;
    EXPECT_NE(err.str().find("stdout cannot be written"), std::string::npos) << err.str();
    err.str("");
  }
}

TEST_F(Program, SaysWhatItDoesNotKnow) {
  const Ran option = Ctl({"status", "--jsn"});
  EXPECT_EQ(option.status, 2);
  EXPECT_EQ(option.err,
            "memmonctl: nothing is known of: --jsn; did you mean --json? "
            "See: memmonctl status --help\n");
  EXPECT_NE(Ctl({"status", "--weigh"}).err.find("--weigh; see: memmonctl status --help"),
            std::string::npos);
  EXPECT_EQ(Ctl({"statu"}).status, 2);
  EXPECT_EQ(Ctl({}).status, 2);
  EXPECT_EQ(Ctl({"--version"}).status, 0);
}

TEST_F(Program, SaysWhatWasMeant) {
  const auto meant = [&](std::vector<std::string> arguments) {
    const std::string err = Ctl(std::move(arguments)).err;
    const size_t at = err.find("did you mean ");
    if (at == std::string::npos) return std::string();
    return err.substr(at + 13, err.find('?') - at - 13);
  };
  EXPECT_EQ(meant({"statu"}), "status");
  EXPECT_EQ(meant({"evnets", "--follow"}), "events");
  EXPECT_EQ(meant({"hist", "1"}), "history");
  EXPECT_EQ(meant({"pss"}), "ps");
  EXPECT_EQ(meant({"weather"}), "");
  // Options of the command, with a value or not, and those of all commands.
  EXPECT_EQ(meant({"events", "--min-sise=4K"}), "--min-size");
  EXPECT_EQ(meant({"events", "--folow"}), "--follow");
  EXPECT_EQ(meant({"events", "--adress", "x"}), "--address");
  EXPECT_EQ(meant({"--adress", "x", "events"}), "--address");
  EXPECT_EQ(meant({"ps", "--folow"}), "");
  EXPECT_EQ(meant({"status", "-z"}), "");
  const Ran spanish = RunCtl("", {"statu"}, {{"LC_ALL", "es_ES.UTF-8"}});
  EXPECT_NE(spanish.err.find("¿quería decir status? Vea: memmonctl --help"), std::string::npos)
      << spanish.err;
}

TEST_F(Program, RecordsWholeRecordsAndSaysHowToPlayThem) {
  monitor_.stream_records = [](const v1::StreamRecordsRequest&,
                               grpc::ServerWriter<v1::StreamRecordsResponse>*,
                               grpc::ServerContext*) -> grpc::Status {
    return {grpc::StatusCode::UNIMPLEMENTED, ""};
  };
  const std::string file = directory_ + "/trace";
  EXPECT_EQ(Ctl({"record", file}).status, 1);
  // A refusal leaves no empty file behind.
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Ctl({"record", File("there", "x")}).status, 2);
  EXPECT_EQ(Ctl({"record", file, "--for", "soon"}).status, 2);
}

TEST_F(Program, CompletionsKnowEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = Ctl({"completion", shell});
    EXPECT_EQ(ran.status, 0);
    for (const char* word : {"status", "top", "events", "history", "record", "export", "follow",
                             "mm_exit", "requested"}) {
      EXPECT_NE(ran.out.find(word), std::string::npos) << shell << " " << word;
    }
    EXPECT_EQ(ran.out.find("SHELL"), std::string::npos);
  }
  EXPECT_EQ(Ctl({"completion", "csh"}).status, 2);
}

}  // namespace
}  // namespace memmon::ctl
