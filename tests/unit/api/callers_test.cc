// SPDX-License-Identifier: Apache-2.0
//
// Who is shown what, over every way into the server and by every method of it: one
// that has no row here fails the test. Answers are searched as a whole, so that a field
// that is new is looked at, too.

#include "api/callers.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/resume_token.h"
#include "api/server.h"
#include "fakes/event_builder.h"
#include "fakes/fake_store.h"
#include "memmon/v1/memmon.grpc.pb.h"

namespace memmon::api {
namespace {

// What may be in no answer to a stranger.
constexpr uint64_t kAddress = 0x7fca'fe00'1000;
constexpr char kCommandLine[] = "login --password tulip";
constexpr char kFile[] = "/srv/ana/diary";

constexpr char kToken[] = "0123456789abcdef";
const std::string kMachine(32, 'a');

const google::protobuf::ServiceDescriptor* Service() {
  return v1::GetStatusRequest::descriptor()->file()->FindServiceByName("MemoryMonitor");
}

model::SharedBatch Batch() {
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.cpu = 1;
  event.tgid = 7;
  event.start_ns = 500;
  event.time_ns = 1'000;
  event.length_bytes = 4'096;
  event.address = kAddress;
  event.result = static_cast<int64_t>(kAddress);
  return fakes::MakeBatch(fakes::MakeCapture(), {event});
}

model::Process Login() {
  model::Process process;
  process.key = {7, 500};
  process.name = "login";
  process.command_line = kCommandLine;
  return process;
}

class Store : public fakes::FakeStore {
 public:
  absl::StatusOr<store::EventPage> ListEvents(const store::EventQuery&) override {
    return store::EventPage{{{Batch()->events[0], 2'000}}, {}};
  }
  absl::StatusOr<store::ProcessHistory> GetProcessHistory(const store::HistoryQuery&) override {
    store::ProcessHistory history;
    history.process = Login();
    return history;
  }
  absl::StatusOr<store::StoredProcesses> GetProcesses(const store::ProcessesQuery&) override {
    store::StoredProcesses stored;
    stored.everything.processes.push_back(Login());
    return stored;
  }
  absl::StatusOr<store::Activity> GetActivity(const store::ActivityQuery&) override {
    return store::Activity();
  }
};

class Reader : public processes::ProcessInfoReader {
 public:
  absl::StatusOr<processes::ProcessInfo> Read(const model::ProcessKey&) override {
    return absl::NotFoundError("not asked for here");
  }
  uint64_t ReadResidentBytes(uint32_t) override { return 0; }
  absl::StatusOr<processes::AddressSpace> ReadAddressSpace(const model::ProcessKey&) override {
    processes::AddressSpace space;
    space.regions.push_back({processes::RegionKind::kFile, kFile, 4'096, 1});
    return space;
  }
};

struct Row {
  std::string method;
  std::string request;  // as text
  // What those who are shown details find in the answers; empty: there are none in it.
  std::vector<std::string> details;
  // Nothing is left of it without.
  bool denied = false;
};

std::vector<Row> Rows() {
  const std::string address = std::to_string(kAddress);
  const std::string from_the_begin = absl::StrCat(
      "resume_token: '",
      EncodeResumeToken(model::Position(model::IdOf(*fakes::MakeCapture())), kMachine), "'");
  return {
      {"StreamEvents", "", {address}},
      {"StreamEvents", "field_mask { paths: 'result' }", {address}},
      {"StreamEvents", from_the_begin, {address}},
      {"StreamRecords", "", {"records:"}, true},
      {"StreamProcesses", "", {kCommandLine}},
      {"Watch", "events {} processes {} status: true", {address, kCommandLine}},
      {"Watch", absl::StrCat("events { ", from_the_begin, " }"), {address}},
      {"ListEvents", "", {address}},
      {"ListProcesses", "", {kCommandLine}},
      {"ListProcesses", "as_of_time { seconds: 5 }", {kCommandLine}},
      {"GetProcessHistory", "process { pid: 7 }", {kCommandLine}},
      {"GetProcessCalls", "process { pid: 7 }", {}},
      {"GetAddressSpace", "process { pid: 7 }", {kFile}, true},
      {"GetActivity", "", {}},
      {"GetSummary", "", {}},
      {"GetStatus", "", {}},
  };
}

class CallersTest : public testing::Test {
 protected:
  CallersTest() {
    std::string directory = (std::filesystem::temp_directory_path() / "memmonXXXXXX").string();
    directory_ = mkdtemp(directory.data());
    processes_.Take(Batch());
    processes_.SetCommandLine({7, 500}, kCommandLine);
    store_.Take(Batch());
  }
  ~CallersTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string socket() const { return (directory_ / "a %41 socket").string(); }

  void Start(base::Access access = {}) {
    ServerOptions options;
    options.socket = socket();
    options.access = std::move(access);
    auto started = Server::Start(options, {[] { return pipeline::PumpStatus(); }, &processes_,
                                           &feed_, &store_, "test", &reader_, nullptr, kMachine});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& target) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }
  std::shared_ptr<grpc::Channel> Tcp() {
    return Channel(absl::StrCat("127.0.0.1:", server_->port()));
  }
  std::shared_ptr<grpc::Channel> Unix() {
    return Channel("unix:" + (directory_ / "a %2541 socket").string());
  }

  // All that the call answers, as text, until it ends, or is a stream that has brought
  // what it can bring.
  grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel, const Row& row,
                    const std::string& token, std::string* text) {
    const auto* method = Service()->FindMethodByName(row.method);
    const auto make = [](const google::protobuf::Descriptor* type) {
      auto* const factory = google::protobuf::MessageFactory::generated_factory();
      return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(type)->New());
    };
    const auto request = make(method->input_type());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(row.request, request.get()));
    const grpc::Slice slice(request->SerializeAsString());
    const grpc::ByteBuffer bytes(&slice, 1);

    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel);
    const auto call = stub.PrepareCall(&context, "/memmon.v1.MemoryMonitor/" + row.method, &queue);
    const auto done = [&] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    call->StartCall(this);
    if (done()) {
      call->WriteLast(bytes, {}, this);
      done();
    }
    // What is live comes once the stream has begun, whenever that is.
    std::atomic<bool> over = false;
    std::thread pump([&] {
      while (!over) {
        if (feed_.subscriber_count() > 0) {
          auto batch = std::make_shared<model::Batch>(*Batch());
          batch->events[0].sequence = sequence_++;
          feed_.Take(batch);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    std::set<std::string> parts;
    const size_t wanted = row.request.find("status") == std::string::npos ? 1 : 3;
    for (;;) {
      grpc::ByteBuffer reply;
      call->Read(&reply, this);
      if (!done()) break;
      const auto message = make(method->output_type());
      EXPECT_TRUE(
          (grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&reply, message.get()))
              .ok());
      const std::string words = message->DebugString();
      text->append(words);
      // Of Watch, one of each; where a stream stands is said ahead of all events.
      if (!words.starts_with("resume_token") && !words.starts_with("events {\n  resume_token")) {
        parts.insert(words.substr(0, 8));
      }
      if (method->server_streaming() && parts.size() >= wanted) context.TryCancel();
    }
    over = true;
    pump.join();
    grpc::Status status;
    call->Finish(&status, this);
    done();
    queue.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) {
    }
    const bool cancelled =
        method->server_streaming() && status.error_code() == grpc::StatusCode::CANCELLED;
    return cancelled ? grpc::Status::OK : status;
  }

  void ExpectHidden(const std::shared_ptr<grpc::Channel>& channel) {
    for (const Row& row : Rows()) {
      SCOPED_TRACE(absl::StrCat(row.method, " { ", row.request, " }"));
      std::string text;
      const grpc::Status status = Call(channel, row, "", &text);
      for (const std::string& secret : {std::to_string(kAddress), std::string(kCommandLine),
                                        std::string(kFile), std::string("records:")}) {
        EXPECT_EQ(text.find(secret), std::string::npos) << text;
      }
      if (row.denied) {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
        for (const char* cure : {"--grpc-socket", "--token-file", "--open-details"}) {
          EXPECT_NE(status.error_message().find(cure), std::string::npos) << status.error_message();
        }
        continue;
      }
      EXPECT_TRUE(status.ok()) << status.error_message();
      const bool says_so = !row.details.empty() || row.method == "GetStatus";
      EXPECT_EQ(text.find("details_hidden: true") != std::string::npos, says_so) << text;
    }
  }

  void ExpectShown(const std::shared_ptr<grpc::Channel>& channel, const std::string& token = "") {
    for (const Row& row : Rows()) {
      SCOPED_TRACE(absl::StrCat(row.method, " { ", row.request, " }"));
      std::string text;
      const grpc::Status status = Call(channel, row, token, &text);
      EXPECT_TRUE(status.ok()) << status.error_message();
      for (const std::string& detail : row.details) {
        EXPECT_NE(text.find(detail), std::string::npos) << detail << " is not in " << text;
      }
      EXPECT_EQ(text.find("details_hidden"), std::string::npos) << text;
    }
  }

  std::filesystem::path directory_;
  processes::ProcessTable processes_;
  live::Feed feed_;
  Store store_;
  Reader reader_;
  uint64_t sequence_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(CallersTest, EveryMethodIsLookedAt) {
  std::set<std::string> looked_at;
  for (const Row& row : Rows()) looked_at.insert(row.method);
  std::set<std::string> methods;
  const auto* service = Service();
  for (int i = 0; i < service->method_count(); ++i) methods.insert(service->method(i)->name());
  EXPECT_EQ(looked_at, methods) << "say in Rows() what the method shows to whom";
}

TEST_F(CallersTest, WhoComesOverTcpAndShowsNothingSeesNoDetails) {
  Start();
  ExpectHidden(Tcp());
}

TEST_F(CallersTest, NorDoesWhoComesOverTheWebPort) {
  Start();
  ExpectHidden(server_->InProcessChannel());
}

TEST_F(CallersTest, WhoMayOpenTheSocketSeesAll) {
  Start();
  ExpectShown(Unix());
}

TEST_F(CallersTest, WhoShowsTheTokenSeesAllOverEitherPort) {
  base::Access access;
  access.token = kToken;
  Start(access);
  ExpectShown(Tcp(), kToken);
  ExpectShown(server_->InProcessChannel());
  std::string text;
  EXPECT_EQ(Call(Tcp(), {"GetStatus", "", {}}, "", &text).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(CallersTest, TheSocketAsksForNoToken) {
  base::Access access;
  access.token = kToken;
  Start(access);
  ExpectShown(Unix());
}

TEST_F(CallersTest, OpenDetailsAreForAll) {
  base::Access access;
  access.open_details = true;
  Start(access);
  ExpectShown(Tcp());
  ExpectShown(server_->InProcessChannel());
}

TEST_F(CallersTest, TheSocketIsForItsOwnerAndGroupAndGoesWithTheServer) {
  const mode_t before = umask(0);
  Start();
  umask(before);
  struct stat facts {};
  ASSERT_EQ(lstat(socket().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode, static_cast<mode_t>(S_IFSOCK | 0660));
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace memmon::api
