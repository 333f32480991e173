// SPDX-License-Identifier: Apache-2.0
//
// All that makes memmond's memory grow, at once: clients that have stopped reading,
// as many as it serves; many thousand processes that come and go; a database
// that refuses. Its memory stays below --memory, and each is told what it lost.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"

namespace memmon::integration {
namespace {

constexpr uint64_t kCeilingBytes = 256 << 20;
constexpr int kLives = 150'000;
constexpr int kCalls = 9;
constexpr int kEventsOfLife = kCalls + 3;
constexpr uint64_t kEvents = uint64_t{kLives} * kEventsOfLife;
// Eighteen seconds in all. Without a bound, what waits for the database alone takes
// more than the ceiling.
constexpr uint64_t kGapNs = 10'000;
// Of the ids that come round again.
constexpr uint32_t kPids = 30'000;

// Processes that are born, ask, and end, one after the other.
class Lives {
 public:
  Lives() {
    fakes::StreamBuilder stream;
    stream.Header(1, 1'000);
    uint64_t now_ns = 2'000;
    for (int life = 0; life < kLives; ++life) {
      const auto add = [&](uint16_t kind, int64_t result) {
        auto record = fakes::MakeRecord(kind, 100 + static_cast<uint32_t>(life) % kPids,
                                        now_ns += kGapNs, 8'192, result, "life");
        record.start_ns = 10 + static_cast<uint64_t>(life) * kGapNs;
        record.mm_id = 1'000'000 + static_cast<uint64_t>(life);
        stream.Event(static_cast<uint16_t>(life % 2), record);
      };
      add(MEMMON_FORK, 1);
      for (int call = 0; call < kCalls; ++call) add(MEMMON_MMAP, 0x7f0000);
      add(MEMMON_MM_EXIT, 0);
      add(MEMMON_EXIT, 0);
    }
    char path[] = "/tmp/memmon-lives-XXXXXX";
    const int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    close(fd);
    path_ = path;
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(stream.bytes().data()),
               static_cast<std::streamsize>(stream.bytes().size()));
  }
  ~Lives() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Where in the recording it stands: its lives take turns on two CPUs.
uint64_t IndexOf(const v1::Event& event) {
  const uint64_t life = 2 * (event.sequence() / kEventsOfLife) + event.cpu();
  return life * kEventsOfLife + event.sequence() % kEventsOfLife;
}

// A client with a connection of its own.
std::unique_ptr<v1::MemoryMonitor::Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::MemoryMonitor::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
}

// Reads when it is told to.
class Subscriber {
 public:
  explicit Subscriber(const std::string& address)
      : stub_(Connect(address)), stream_(stub_->StreamEvents(&context_, {})) {}
  ~Subscriber() {
    context_.TryCancel();
    if (!finished_) stream_->Finish();
  }

  bool Read() {
    v1::StreamEventsResponse message;
    if (!stream_->Read(&message)) return false;
    told_ += message.gap().event_count();
    seen_ += static_cast<uint64_t>(message.events_size());
    for (const v1::Event& event : message.events()) {
      if (!first_) first_ = IndexOf(event);
      last_ = IndexOf(event);
    }
    return true;
  }
  // Until the last process has ended.
  bool ReadToTheEnd() {
    while (last_ != kEvents - 1) {
      if (!Read()) return false;
    }
    return true;
  }
  // Its status, where it ends at once.
  grpc::Status Refusal() {
    EXPECT_FALSE(Read());
    finished_ = true;
    return stream_->Finish();
  }

  // Events it was told it missed, all it heard of, and all there were since it began.
  uint64_t missed() const { return told_; }
  uint64_t accounted() const { return told_ + seen_; }
  uint64_t issued() const { return kEvents - first_.value_or(0); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::StreamEventsResponse>> stream_;
  bool finished_ = false;
  uint64_t told_ = 0;
  uint64_t seen_ = 0;
  std::optional<uint64_t> first_;
  uint64_t last_ = 0;
};

// The most memory it ever had.
uint64_t PeakBytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string key;
  while (status >> key) {
    uint64_t kib = 0;
    if (key == "VmHWM:" && status >> kib) return kib << 10;
  }
  return 0;
}

TEST(Memory, StaysBelowItsCeilingWhateverTheLoad) {
  const Lives lives;
  MemmondProcess memmond({"--replay", lives.path(), "--memory", "256M", "--grpc-address",
                          "127.0.0.1:0", "--web-address", "127.0.0.1:0", "--database",
                          "host=127.0.0.1 port=1 dbname=nobody"});
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
  std::vector<std::unique_ptr<Subscriber>> stalled;
  grpc::Status refusal;
  for (;;) {
    auto next = std::make_unique<Subscriber>(memmond.grpc());
    if (!next->Read()) {
      refusal = next->Refusal();
      break;
    }
    stalled.push_back(std::move(next));
    ASSERT_LT(stalled.size(), 100u);
  }
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refusal.error_message().find("--memory"), std::string::npos);
  EXPECT_GE(stalled.size(), 15u);

  ASSERT_TRUE(reader.ReadToTheEnd());
  const auto at_end = status();
  EXPECT_EQ(at_end.totals().event_count(), kEvents);
  EXPECT_EQ(at_end.totals().untracked_count(), 0u);
  for (const v1::HopCounters& hop : at_end.hops()) {
    EXPECT_EQ(hop.in_count(), hop.out_count() + hop.dropped_count() + hop.waiting_count())
        << hop.name();
    if (hop.name() != "store") continue;
    EXPECT_EQ(hop.in_count(), kEvents);
    EXPECT_GT(hop.dropped_count(), kEvents / 2) << "its queue was never full";
  }
  for (const auto& subscriber : stalled) {
    ASSERT_TRUE(subscriber->ReadToTheEnd());
    EXPECT_GT(subscriber->missed(), 0u) << "it never missed anything";
    EXPECT_EQ(subscriber->accounted(), subscriber->issued());
  }
  EXPECT_EQ(reader.accounted(), reader.issued());

  const uint64_t peak = PeakBytes(memmond.pid());
  EXPECT_GT(peak, 0u);
  EXPECT_LT(peak, kCeilingBytes);
  RecordProperty("peak_bytes", std::to_string(peak));
  RecordProperty("stalled", std::to_string(stalled.size()));
}

}  // namespace
}  // namespace memmon::integration
