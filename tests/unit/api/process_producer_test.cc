// SPDX-License-Identifier: Apache-2.0

#include "api/process_producer.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "fakes/event_builder.h"

namespace memmon::api {
namespace {

constexpr uint32_t kMany = 30'000;
constexpr size_t kMessageLimit = 250'000;  // bytes

// A client that knows the contract: forgets at a snapshot, applies the rest.
class Client {
 public:
  void Apply(const v1::StreamProcessesResponse& message) {
    if (message.snapshot()) {
      EXPECT_EQ(message.revision(), 0u);
      EXPECT_NE(message.epoch(), epoch_);
      known_.clear();
    } else {
      EXPECT_EQ(message.epoch(), epoch_);
      EXPECT_EQ(message.revision(), revision_ + 1);
    }
    EXPECT_LT(message.ByteSizeLong(), kMessageLimit);
    EXPECT_LE(message.processes_size(), 500);
    EXPECT_TRUE(message.has_totals());
    epoch_ = message.epoch();
    revision_ = message.revision();
    for (const auto& process : message.processes()) {
      known_[{process.pid(), process.start_ns()}] = process.requested_bytes();
    }
    for (const auto& key : message.removed()) known_.erase({key.pid(), key.start_ns()});
    ++messages_;
  }

  size_t size() const { return known_.size(); }
  uint64_t requested(uint32_t pid) const { return known_.at({pid, pid}); }
  uint64_t epoch() const { return epoch_; }
  int messages() const { return messages_; }

 private:
  std::map<std::pair<uint32_t, uint64_t>, uint64_t> known_;
  uint64_t epoch_ = ~0ULL;
  uint64_t revision_ = 0;
  int messages_ = 0;
};

class ProcessProducerTest : public testing::Test {
 protected:
  // An event of each process from 1 to `count`.
  void Take(model::EventKind kind, uint32_t count,
            std::shared_ptr<const model::Capture> capture = nullptr) {
    if (capture != nullptr) capture_ = std::move(capture);
    std::vector<model::Event> events;
    for (uint32_t tgid = 1; tgid <= count; ++tgid) {
      model::Event event;
      event.kind = kind;
      event.tgid = event.tid = tgid;
      event.start_ns = tgid;
      event.mm_id = tgid;
      event.time_ns = event.ticket = ++now_;
      event.length_bytes = 4'096;
      fakes::SetName(&event, "fifteen-letters");
      events.push_back(event);
    }
    table_.Take(fakes::MakeBatch(capture_, std::move(events)));
  }
  // The longest that a process can be told with.
  void SetCommandLines(uint32_t count) {
    for (uint32_t tgid = 1; tgid <= count; ++tgid) {
      table_.SetCommandLine({tgid, tgid}, std::string(256, 'x'));
    }
  }

  // Everything that is due now or later, as a stream gives it before it ends.
  void ReadAll(Client* client) {
    v1::StreamProcessesResponse message;
    auto again = Clock::time_point::max();
    while (producer_.Next(/*last=*/true, &message, &again)) {
      client->Apply(message);
      message.Clear();
    }
  }

  std::shared_ptr<const model::Capture> capture_ = fakes::MakeCapture();
  uint64_t now_ = 1'000'000;
  processes::ProcessTable table_;
  ProcessProducer producer_{&table_, {}};
};

TEST_F(ProcessProducerTest, SplitsALongSnapshot) {
  Take(model::EventKind::kMmap, kMany);
  SetCommandLines(kMany);
  Client client;
  ReadAll(&client);
  EXPECT_EQ(client.size(), kMany);
  EXPECT_EQ(client.messages(), 60);
  EXPECT_EQ(client.requested(kMany), 4'096u);
}

TEST_F(ProcessProducerTest, GivesTheRestAtOnceThenWaits) {
  Take(model::EventKind::kMmap, 1'001);
  v1::StreamProcessesResponse message;
  for (int part = 0; part < 3; ++part) {
    auto again = Clock::time_point::max();
    message.Clear();
    ASSERT_TRUE(producer_.Next(false, &message, &again)) << part;
    EXPECT_EQ(message.snapshot(), part == 0);
    EXPECT_EQ(message.processes_size(), part < 2 ? 500 : 1);
  }
  Take(model::EventKind::kMmap, 1);
  auto again = Clock::time_point::max();
  message.Clear();
  EXPECT_FALSE(producer_.Next(false, &message, &again));
  EXPECT_NE(again, Clock::time_point::max());
}

TEST_F(ProcessProducerTest, SplitsManyChangesAndKeepsWhatCameMeanwhile) {
  Take(model::EventKind::kMmap, kMany);
  Client client;
  v1::StreamProcessesResponse message;
  auto again = Clock::time_point::max();
  ASSERT_TRUE(producer_.Next(false, &message, &again));
  client.Apply(message);
  // While most of the snapshot is still to be told.
  Take(model::EventKind::kMmap, kMany);
  ReadAll(&client);
  EXPECT_EQ(client.size(), kMany);
  EXPECT_EQ(client.requested(1), 8'192u);
  EXPECT_EQ(client.requested(kMany), 8'192u);
}

TEST_F(ProcessProducerTest, TheRestIsAsItIsWhenTheClientTakesIt) {
  Take(model::EventKind::kMmap, kMany);
  Client client;
  v1::StreamProcessesResponse message;
  auto again = Clock::time_point::max();
  ASSERT_TRUE(producer_.Next(false, &message, &again));
  client.Apply(message);
  Take(model::EventKind::kMmap, kMany);
  // No copy of the table waits for the client: what comes next is the second sum.
  while (client.size() < kMany) {
    message.Clear();
    ASSERT_TRUE(producer_.Next(false, &message, &again));
    client.Apply(message);
  }
  EXPECT_EQ(client.messages(), 60);
  EXPECT_EQ(client.requested(kMany), 8'192u);
}

TEST_F(ProcessProducerTest, AnotherCaptureIsAnotherEpoch) {
  Take(model::EventKind::kMmap, 3);
  Client client;
  ReadAll(&client);
  const uint64_t epoch = client.epoch();
  Take(model::EventKind::kMmap, 2, fakes::MakeCapture(2));
  ReadAll(&client);
  EXPECT_NE(client.epoch(), epoch);
  EXPECT_EQ(client.size(), 2u);
}

TEST_F(ProcessProducerTest, TellsWhichProcessesToForget) {
  // More than are kept after their end.
  Take(model::EventKind::kMmap, 5'000);
  Client client;
  ReadAll(&client);
  EXPECT_EQ(client.size(), 5'000u);
  Take(model::EventKind::kExit, 5'000);
  ReadAll(&client);
  EXPECT_EQ(client.size(), processes::ProcessTableOptions().max_ended);
}

}  // namespace
}  // namespace memmon::api
