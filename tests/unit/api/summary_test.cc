// SPDX-License-Identifier: Apache-2.0

#include "api/summary.h"

#include <gtest/gtest.h>

#include <string>

#include "field_of.h"

namespace memmon::api {
namespace {

model::Process MakeProcess(uint32_t tgid, uint64_t bytes) {
  model::Process process;
  process.key = {tgid, 10};
  process.mm_id = 1'000 + tgid;
  process.name = "p" + std::to_string(tgid);
  process.requested_bytes = bytes;
  process.held_bytes = 2 * bytes;
  process.virtual_size_bytes = 3 * bytes;
  return process;
}

v1::GetSummaryResponse Summary(const model::ProcessChanges& everything, int slices = 0,
                               v1::SummaryMeasure measure = v1::SUMMARY_MEASURE_UNSPECIFIED) {
  v1::GetSummaryRequest request;
  request.set_slice_count(slices);
  request.set_measure(measure);
  v1::GetSummaryResponse response;
  Summarize(everything, request, &response);
  return response;
}

uint64_t Sum(const v1::GetSummaryResponse& summary) {
  uint64_t sum = summary.others().bytes();
  for (const auto& slice : summary.slices()) sum += slice.bytes();
  return sum;
}

TEST(Summary, TenSlicesAndOthersAddUpExactly) {
  model::ProcessChanges everything;
  // Sums that a double would round.
  constexpr uint64_t kBig = (1ULL << 56) + 1;
  uint64_t total = 0;
  for (uint32_t tgid = 1; tgid <= 25; ++tgid) {
    everything.processes.push_back(MakeProcess(tgid, kBig + tgid));
    total += kBig + tgid;
  }
  everything.totals.requested_bytes = total;
  const auto summary = Summary(everything);
  ASSERT_EQ(summary.slices_size(), 10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(summary.slices(i).process().pid(), 25u - i);
    EXPECT_EQ(summary.slices(i).process().start_ns(), 10u);
    EXPECT_EQ(summary.slices(i).name(), "p" + std::to_string(25 - i));
    EXPECT_EQ(summary.slices(i).bytes(), kBig + 25 - i);
    EXPECT_EQ(summary.slices(i).process_count(), 1u);
  }
  EXPECT_FALSE(summary.others().has_process());
  EXPECT_EQ(summary.others().process_count(), 15u);
  EXPECT_EQ(summary.others().bytes(), 15 * kBig + 15 * 16 / 2);
  EXPECT_EQ(summary.total_bytes(), total);
  EXPECT_EQ(Sum(summary), total);
  double shares = summary.others().share();
  for (const auto& slice : summary.slices()) shares += slice.share();
  EXPECT_NEAR(shares, 1.0, 1e-9);
}

TEST(Summary, WhatForgottenProcessesRequestedIsInOthers) {
  model::ProcessChanges everything;
  everything.processes = {MakeProcess(1, 100), MakeProcess(2, 50)};
  everything.processes[0].end_ns = 99;  // ended: what it asked for stays
  everything.totals.requested_bytes = 1'000;
  const auto summary = Summary(everything, 0, v1::SUMMARY_MEASURE_REQUESTED_BYTES);
  ASSERT_EQ(summary.slices_size(), 2);
  EXPECT_EQ(summary.slices(0).process().pid(), 1u);
  EXPECT_DOUBLE_EQ(summary.slices(0).share(), 0.1);
  EXPECT_EQ(summary.others().bytes(), 850u);
  EXPECT_EQ(summary.others().process_count(), 0u);
  EXPECT_EQ(summary.total_bytes(), 1'000u);
}

TEST(Summary, EndedProcessesHoldNothing) {
  model::ProcessChanges everything;
  everything.processes = {MakeProcess(1, 100), MakeProcess(2, 50)};
  everything.processes[0].end_ns = 99;
  everything.totals.requested_bytes = 1'000;
  const auto held = Summary(everything, 0, v1::SUMMARY_MEASURE_HELD_BYTES);
  ASSERT_EQ(held.slices_size(), 1);
  EXPECT_EQ(held.slices(0).process().pid(), 2u);
  EXPECT_EQ(held.total_bytes(), 100u);
  EXPECT_EQ(held.others().bytes(), 0u);
  const auto virtual_size = Summary(everything, 0, v1::SUMMARY_MEASURE_VIRTUAL_SIZE_BYTES);
  ASSERT_EQ(virtual_size.slices_size(), 1);
  EXPECT_EQ(virtual_size.total_bytes(), 150u);
}

TEST(Summary, ASharedAddressSpaceCountsOnceForItsFirstProcess) {
  model::ProcessChanges everything;
  everything.processes = {MakeProcess(3, 100), MakeProcess(2, 100), MakeProcess(1, 7)};
  everything.processes[0].key.start_ns = 20;
  everything.processes[0].mm_id = everything.processes[1].mm_id;
  const auto summary = Summary(everything, 0, v1::SUMMARY_MEASURE_VIRTUAL_SIZE_BYTES);
  ASSERT_EQ(summary.slices_size(), 2);
  EXPECT_EQ(summary.slices(0).process().pid(), 2u);
  EXPECT_EQ(summary.total_bytes(), 321u);
  // With the first gone, the other one counts.
  everything.processes[1].end_ns = 99;
  const auto later = Summary(everything, 0, v1::SUMMARY_MEASURE_VIRTUAL_SIZE_BYTES);
  EXPECT_EQ(later.slices(0).process().pid(), 3u);
  EXPECT_EQ(later.total_bytes(), 321u);
}

TEST(Summary, ProcessesThatAskedForNothingAreNoSlices) {
  model::ProcessChanges everything;
  everything.processes = {MakeProcess(1, 0), MakeProcess(2, 5)};
  auto summary = Summary(everything);
  EXPECT_EQ(summary.slices_size(), 1);
  EXPECT_EQ(summary.others().process_count(), 0u);
  everything.processes.pop_back();
  summary = Summary(everything);
  EXPECT_EQ(summary.slices_size(), 0);
  EXPECT_EQ(summary.total_bytes(), 0u);
  EXPECT_EQ(summary.others().share(), 0);
}

TEST(Summary, EqualOnesKeepTheirPlaces) {
  model::ProcessChanges everything;
  for (uint32_t tgid : {5, 3, 4, 1, 2}) everything.processes.push_back(MakeProcess(tgid, 10));
  const auto summary = Summary(everything, 3);
  ASSERT_EQ(summary.slices_size(), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(summary.slices(i).process().pid(), 1u + i);
}

TEST(Summary, OfASpanAddsUp) {
  store::RequestedSummary requested;
  requested.largest = {{{7, 10}, "seven", 600}, {{8, 10}, "\xff", 300}};
  requested.total_bytes = 1'000;
  requested.process_count = 5;
  requested.totals.ram_bytes = 77;
  v1::GetSummaryResponse summary;
  SummarizeRequested(requested, &summary);
  ASSERT_EQ(summary.slices_size(), 2);
  EXPECT_EQ(summary.slices(0).process().pid(), 7u);
  EXPECT_EQ(summary.slices(0).name(), "seven");
  EXPECT_DOUBLE_EQ(summary.slices(0).share(), 0.6);
  EXPECT_EQ(summary.slices(1).name(), "\xef\xbf\xbd");
  EXPECT_EQ(summary.others().bytes(), 100u);
  EXPECT_EQ(summary.others().process_count(), 3u);
  EXPECT_EQ(summary.total_bytes(), 1'000u);
  EXPECT_EQ(summary.totals().ram_bytes(), 77u);
}

TEST(SummaryRequest, NamesTheFieldThatIsWrong) {
  v1::GetSummaryRequest request;
  request.set_slice_count(100);
  EXPECT_TRUE(CheckSummaryRequest(request).ok());
  request.set_slice_count(101);
  EXPECT_EQ(FieldOf(CheckSummaryRequest(request)), "slice_count");
  request.set_slice_count(-1);
  EXPECT_EQ(FieldOf(CheckSummaryRequest(request)), "slice_count");
  request.set_slice_count(0);
  request.set_measure(static_cast<v1::SummaryMeasure>(4));
  EXPECT_EQ(FieldOf(CheckSummaryRequest(request)), "measure");
}

}  // namespace
}  // namespace memmon::api
