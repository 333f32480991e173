// SPDX-License-Identifier: Apache-2.0

#include "ctl/recording.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "fake_monitor.h"
#include "fakes/stream_builder.h"

namespace memmon::ctl {
namespace {

std::string Bytes(const fakes::StreamBuilder& stream) {
  return {reinterpret_cast<const char*>(stream.bytes().data()), stream.bytes().size()};
}

// A HEADER, four events, and a loss of seven records.
std::string Stream() {
  fakes::StreamBuilder stream;
  stream.Header(1, 1'000'000'000);
  for (int i = 0; i < 4; ++i) {
    stream.Event(0, fakes::MakeRecord(MEMMON_MMAP, 100, (2ULL + i) * 1'000'000'000));
  }
  stream.Lost(0, 7, 3'000'000'000);
  return Bytes(stream);
}

// A byte that turned over is enough for a time that no clock has.
TEST(Recording, ATimeOutOfAllBoundsIsTheLast) {
  for (const uint64_t late : {uint64_t{1} << 62, uint64_t{1} << 63, ~uint64_t{0}}) {
    fakes::StreamBuilder stream;
    stream.Header(1, 1'000'000'000);
    stream.Event(0, fakes::MakeRecord(MEMMON_MMAP, 100, 2'000'000'000));
    stream.Event(0, fakes::MakeRecord(MEMMON_MMAP, 100, late));
    Recording recording;
    recording.Add(Bytes(stream));
    EXPECT_TRUE(recording.valid());
    EXPECT_GT(recording.end() - recording.begin(), absl::Hours(24 * 365 * 100)) << late;
  }
}

TEST(Recording, KnowsWhatItHoldsWhereverItIsCut) {
  const std::string stream = Stream();
  for (const size_t cut : {1u, 100u, 128u, 300u, 1'000u}) {
    Recording recording;
    for (size_t at = 0; at < stream.size(); at += cut) recording.Add(stream.substr(at, cut));
    EXPECT_TRUE(recording.valid());
    EXPECT_EQ(recording.records(), 6u);
    EXPECT_EQ(recording.lost(), 7u);
    EXPECT_EQ(recording.torn_bytes(), 0u);
    EXPECT_EQ(recording.kernel_release(), "6.1.0-fake");
    // Of what was recorded: the capture began a second earlier.
    EXPECT_EQ(recording.end() - recording.begin(), absl::Seconds(3));
  }
}

TEST(Recording, IsNoneWithoutAHeader) {
  Recording nothing;
  EXPECT_FALSE(nothing.valid());
  Recording headless;
  headless.Add(Stream().substr(128));
  EXPECT_FALSE(headless.valid());
  Recording other;
  std::string changed = Stream();
  changed[32] = 99;  // the ABI's version
  other.Add(changed);
  EXPECT_FALSE(other.valid());
}

class Recordings : public testing::Test {
 protected:
  Recordings() {
    char path[] = "/tmp/memmonctl-test-XXXXXX";
    directory_ = mkdtemp(path);
    file_ = directory_ + "/trace";
    monitor_.stream_records = [this](const v1::StreamRecordsRequest& request,
                                     grpc::ServerWriter<v1::StreamRecordsResponse>* writer,
                                     grpc::ServerContext* context) {
      filter_ = request.filter();
      v1::StreamRecordsResponse response;
      response.set_records(Stream());
      writer->Write(response);
      // Once the client has begun to write them.
      while (stop_ != nullptr && !std::filesystem::exists(file_)) std::this_thread::yield();
      if (stop_ != nullptr) stop_->Ask();
      return After(writer, context);
    };
  }
  ~Recordings() override { std::filesystem::remove_all(directory_); }

  // What comes after the first records: by default more of them, until the client
  // has gone.
  virtual grpc::Status After(grpc::ServerWriter<v1::StreamRecordsResponse>* writer,
                             grpc::ServerContext*) {
    if (broken_) return {grpc::StatusCode::UNAVAILABLE, "stopping"};
    fakes::StreamBuilder more;
    more.Header();
    more.Event(0, fakes::MakeRecord(MEMMON_MUNMAP, 100));
    v1::StreamRecordsResponse response;
    response.set_records(Bytes(more).substr(128));
    while (writer->Write(response)) {
    }
    return grpc::Status::OK;
  }
  std::string Written() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  FakeMonitor monitor_;
  std::string directory_;
  std::string file_;
  v1::EventFilter filter_;
  Stop* stop_ = nullptr;
  bool broken_ = false;
};

TEST_F(Recordings, EndAtTheCount) {
  const Ran ran = monitor_.Ctl({"record", "--pid", "100", file_, "--count", "3"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(Written(), Stream().substr(0, 4 * 128));
  EXPECT_EQ(filter_.pids(0), 100u);
  EXPECT_NE(ran.err.find("memmond --replay " + file_), std::string::npos) << ran.err;
}

TEST_F(Recordings, EndAtCtrlCAndTellWhatWasLost) {
  Stop stop;
  stop_ = &stop;
  const Ran ran = monitor_.Ctl({"record", file_}, {}, &stop);
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("7 records were lost"), std::string::npos) << ran.err;
  EXPECT_EQ(Written().substr(0, 6 * 128), Stream());
  EXPECT_EQ(Written().size() % 128, 0u);
}

TEST_F(Recordings, EndInTime) {
  const Ran ran = monitor_.Ctl({"record", file_, "--for", "3s"});
  EXPECT_EQ(ran.status, 1) << ran.err;  // by the loss
  EXPECT_GE(Written().size(), 6 * 128u);
}

TEST_F(Recordings, AreGoodUntilTheStreamBreaks) {
  broken_ = true;
  const Ran ran = monitor_.Ctl({"record", file_});
  EXPECT_NE(ran.status, 0);
  EXPECT_NE(ran.err.find("good until here"), std::string::npos) << ran.err;
  EXPECT_EQ(Written(), Stream());
}

TEST_F(Recordings, SayWhyTheyCannotBeWritten) {
  for (const auto& [file, why] :
       {std::pair<std::string, const char*>{directory_ + "/no/trace", "No such file or directory"},
        {"/dev/full", "No space left on device"}}) {
    const Ran ran = monitor_.Ctl({"record", file});
    EXPECT_EQ(ran.status, 1);
    EXPECT_NE(ran.err.find(file + " cannot be written: " + why), std::string::npos) << ran.err;
  }
}

TEST_F(Recordings, AreTheirOwnersAlone) {
  const mode_t before = umask(0);
  EXPECT_EQ(monitor_.Ctl({"record", file_, "--count", "1"}).status, 0);
  umask(before);
  EXPECT_EQ(std::filesystem::status(file_).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(Recordings, AreLookedAtBeforeTheyArePlayed) {
  std::ofstream(file_, std::ios::binary) << Stream() << "torn";
  const Ran ran = RunCtl("", {"replay", file_});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("6 records"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("4 bytes at its end"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("memmond --replay " + file_), std::string::npos);
  std::ofstream(file_, std::ios::trunc) << "hello";
  EXPECT_EQ(RunCtl("", {"replay", file_}).status, 1);
  EXPECT_EQ(RunCtl("", {"replay", directory_ + "/none"}).status, 2);
}

}  // namespace
}  // namespace memmon::ctl
