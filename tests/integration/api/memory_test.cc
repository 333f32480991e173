// SPDX-License-Identifier: Apache-2.0
//
// All that makes memmond's memory grow, at once: clients of every kind that have
// stopped reading, as many as it serves; many thousand processes that come and go; a
// database that refuses, or one that takes all. Its memory stays below --memory, and
// each is told what it lost.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lives.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"
#include "web_connection.h"

namespace memmon::integration {
namespace {

constexpr uint64_t kCeilingBytes = 256 << 20;

// A client with a connection of its own.
std::unique_ptr<v1::MemoryMonitor::Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::MemoryMonitor::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

// Reads when it is told to.
class Client {
 public:
  virtual ~Client() = default;
  // A message; false where the stream ends.
  virtual bool Read() = 0;
  // Until the last process has ended; and what it was told is all there was.
  virtual void ReadToTheEnd(bool expect_losses) = 0;
};

template <class Message>
class GrpcClient : public Client {
 public:
  ~GrpcClient() override {
    context_.TryCancel();
    if (!finished_) stream_->Finish();
  }
  // Its status, where it ends at once.
  grpc::Status Refusal() {
    finished_ = true;
    return stream_->Finish();
  }

 protected:
  explicit GrpcClient(const std::string& address) : stub_(Connect(address)) {}

  grpc::ClientContext context_;
  const std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<Message>> stream_;
  bool finished_ = false;
};

// What came of a stream of events or records.
class Account {
 public:
  void Seen(uint64_t index) {
    if (!first_) first_ = index;
    last_ = index;
    ++seen_;
  }
  void Missed(uint64_t count) { missed_ += count; }
  bool at_end() const { return last_ == kEvents - 1; }
  void Check(bool expect_losses) const {
    if (expect_losses) {
      EXPECT_GT(missed_, 0u) << "it never missed anything";
    }
    EXPECT_EQ(missed_ + seen_, kEvents - first_.value_or(0));
  }

 private:
  uint64_t missed_ = 0;
  uint64_t seen_ = 0;
  std::optional<uint64_t> first_;
  uint64_t last_ = 0;
};

// Of such a stream.
template <class Message>
class AccountedClient : public GrpcClient<Message> {
 public:
  void ReadToTheEnd(bool expect_losses) override {
    while (!account_.at_end()) ASSERT_TRUE(this->Read());
    account_.Check(expect_losses);
  }

 protected:
  using GrpcClient<Message>::GrpcClient;

  Account account_;
};

class Subscriber final : public AccountedClient<v1::StreamEventsResponse> {
 public:
  explicit Subscriber(const std::string& address) : AccountedClient(address) {
    stream_ = stub_->StreamEvents(&context_, {});
  }
  bool Read() override {
    v1::StreamEventsResponse message;
    if (!stream_->Read(&message)) return false;
    account_.Missed(message.gap().event_count());
    for (const v1::Event& event : message.events()) {
      // Its lives take turns on two CPUs.
      const uint64_t life = 2 * (event.sequence() / kEventsOfLife) + event.cpu();
      account_.Seen(life * kEventsOfLife + event.sequence() % kEventsOfLife);
    }
    return true;
  }
};

class Recorder final : public AccountedClient<v1::StreamRecordsResponse> {
 public:
  explicit Recorder(const std::string& address) : AccountedClient(address) {
    stream_ = stub_->StreamRecords(&context_, {});
  }
  bool Read() override {
    v1::StreamRecordsResponse message;
    if (!stream_->Read(&message)) return false;
    std::string_view records = message.records();
    for (; !records.empty(); records.remove_prefix(MEMMON_RECORD_SIZE)) {
      memmon_event event{};
      memcpy(&event, records.data(), sizeof(event));
      if (event.kind == MEMMON_LOST) {
        memmon_lost lost{};
        memcpy(&lost, records.data(), sizeof(lost));
        account_.Missed(lost.count);
      } else if (event.kind != MEMMON_HEADER) {
        account_.Seen(IndexOf(event.time_ns));
      }
    }
    return true;
  }
};

class Watcher final : public GrpcClient<v1::StreamProcessesResponse> {
 public:
  explicit Watcher(const std::string& address) : GrpcClient(address) {
    stream_ = stub_->StreamProcesses(&context_, {});
  }
  bool Read() override { return stream_->Read(&message_); }
  // What it did not read in time it is not told: it is told how things stand.
  void ReadToTheEnd(bool /*expect_losses*/) override {
    while (message_.totals().event_count() != kEvents) ASSERT_TRUE(Read());
  }

 private:
  v1::StreamProcessesResponse message_;
};

// Through the web port.
class Page final : public Client {
 public:
  explicit Page(const std::string& address) : connection_(address) {
    // Closed behind a refusal.
    std::string request = Post("StreamEvents", kEmptyMessage);
    connection_.Send(request.insert(request.find("\r\n"), "\r\nConnection: close"));
  }
  bool Read() override { return connection_.ReadUntil("life").find("life") != std::string::npos; }
  // A tab that is closed while it stands still.
  void ReadToTheEnd(bool /*expect_losses*/) override {}

 private:
  Connection connection_;
};

class Memory : public testing::TestWithParam<bool> {
 protected:
  static bool database_takes_all() { return GetParam(); }
  static std::string Conninfo() {
    return database_takes_all()
               ? test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase())
               : "host=127.0.0.1 port=1 dbname=nobody";
  }
};

TEST_P(Memory, StaysBelowItsCeilingWhateverTheLoad) {
  const Recording lives{Lives()};
  MemmondProcess memmond({"--replay", lives.path(), "--memory", "256M", "--grpc-address",
                          "127.0.0.1:0", "--web-address", "127.0.0.1:0", "--database", Conninfo(),
                          "--open-details", "yes"});
  const auto stub = Connect(memmond.grpc());
  const auto status = [&] {
    grpc::ClientContext context;
    v1::GetStatusResponse response;
    EXPECT_TRUE(stub->GetStatus(&context, {}, &response).ok());
    return response;
  };
  EXPECT_EQ(status().service().memory_limit_bytes(), kCeilingBytes);

  // As many as there is memory for: each has begun before the next one asks.
  Subscriber reader(memmond.grpc());
  ASSERT_TRUE(reader.Read());
  std::vector<std::unique_ptr<Client>> stalled;
  grpc::Status refusal;
  for (;;) {
    std::unique_ptr<Client> other;
    if (stalled.size() % 4 == 1) other = std::make_unique<Recorder>(memmond.grpc());
    if (stalled.size() % 4 == 2) other = std::make_unique<Watcher>(memmond.grpc());
    if (stalled.size() % 4 == 3) other = std::make_unique<Page>(memmond.web());
    if (other != nullptr && other->Read()) {
      stalled.push_back(std::move(other));
      continue;
    }
    // Whoever was refused: so is this one.
    auto next = std::make_unique<Subscriber>(memmond.grpc());
    if (!next->Read()) {
      refusal = next->Refusal();
      break;
    }
    ASSERT_EQ(other, nullptr) << "refused, though there was room";
    stalled.push_back(std::move(next));
    ASSERT_LT(stalled.size(), 100u);
  }
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refusal.error_message().find("--memory"), std::string::npos);
  EXPECT_GE(stalled.size(), 15u);

  reader.ReadToTheEnd(/*expect_losses=*/false);
  const auto at_end = [&] {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    for (;;) {
      auto now = status();
      // Who reads may have the last event before the store has it.
      const bool over = std::any_of(now.hops().begin(), now.hops().end(), [](const auto& hop) {
        return hop.name() == "store" && hop.in_count() == kEvents;
      });
      if (over || std::chrono::steady_clock::now() > deadline) return now;
    }
  }();
  EXPECT_EQ(at_end.totals().event_count(), kEvents);
  EXPECT_EQ(at_end.totals().untracked_count(), 0u);
  for (const v1::HopCounters& hop : at_end.hops()) {
    EXPECT_EQ(hop.in_count(), hop.out_count() + hop.dropped_count() + hop.waiting_count())
        << hop.name();
    if (hop.name() != "store") continue;
    EXPECT_EQ(hop.in_count(), kEvents);
    if (database_takes_all()) {
      EXPECT_GT(hop.out_count(), 0u);
    } else {
      EXPECT_GT(hop.dropped_count(), kEvents / 2) << "its queue was never full";
    }
  }
  for (const auto& client : stalled) client->ReadToTheEnd(/*expect_losses=*/true);

  const uint64_t peak = memmond.StatusBytes("VmHWM:");
  EXPECT_GT(peak, 0u);
  EXPECT_LT(peak, kCeilingBytes);
  RecordProperty("peak_bytes", std::to_string(peak));
  RecordProperty("stalled", std::to_string(stalled.size()));
}

INSTANTIATE_TEST_SUITE_P(Databases, Memory, testing::Bool(), [](const auto& test) {
  return std::string(test.param ? "TakesAll" : "Refuses");
});

}  // namespace
}  // namespace memmon::integration
