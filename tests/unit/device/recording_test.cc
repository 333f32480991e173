// SPDX-License-Identifier: Apache-2.0
//
// Recordings that real kernels made decode whole, with no hole that is not
// accounted for.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "device/decoder.h"

namespace memmon::device {
namespace {

std::vector<std::filesystem::path> Recordings() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(MEMMON_TEST_DATA)) {
    if (entry.path().extension() == ".trace") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class RecordingTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(RecordingTest, DecodesWhole) {
  std::ifstream file(GetParam(), std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  Decoder decoder;
  std::vector<model::SharedBatch> batches;
  const absl::Status status = decoder.Decode(std::as_bytes(std::span(bytes)), &batches);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(decoder.Finish().ok()) << decoder.Finish();
  EXPECT_GT(decoder.counters().out, 0u);
  EXPECT_EQ(decoder.counters().dropped, 0u) << "kinds that are not known";
  EXPECT_GT(decoder.baseline().received, 0u);
  EXPECT_EQ(decoder.baseline().unexplained, 0u);
  for (const model::StreamCounters& cpu : decoder.streams()) EXPECT_EQ(cpu.unexplained, 0u);
}

INSTANTIATE_TEST_SUITE_P(Data, RecordingTest, testing::ValuesIn(Recordings()),
                         [](const auto& recording) {
                           std::string name = recording.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !isalnum(c); }, '_');
                           return name;
                         });
// Until a kernel has recorded something there is nothing to decode.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RecordingTest);

}  // namespace
}  // namespace memmon::device
