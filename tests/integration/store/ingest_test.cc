// SPDX-License-Identifier: Apache-2.0
//
// What is taken is stored: every field, every kind, once.

#include <limits>

#include "fixture.h"

namespace memmon::test {
namespace {

using model::Event;
using model::EventKind;
using store::EventQuery;

class IngestTest : public StoreTest {};

// Each field of its own value, near the edge of its type.
Event Extreme(uint64_t sequence, EventKind kind) {
  Event event;
  event.kind = kind;
  event.flags = 0xfffe;
  event.cpu = kind == EventKind::kBaseline ? model::kNoCpu : 3;
  event.sequence = sequence;
  event.time_ns = 123'456'789'012'345 + sequence;
  event.tgid = 4'194'303;
  event.tid = 4'194'304;
  event.start_ns = (1ULL << 60) - 1;
  event.mm_id = 0x8000'0000'0000'0001;
  event.ticket = std::numeric_limits<uint64_t>::max() - 2;
  event.virtual_size_bytes = 1ULL << 63;
  event.cgroup_id = std::numeric_limits<uint64_t>::max() - 3;
  event.address = 0xffff'ffff'ff60'0000;
  event.length_bytes = std::numeric_limits<uint64_t>::max();
  event.result = std::numeric_limits<int64_t>::min() + 5;
  event.prot = 0xffff'fff0;
  event.map_flags = 0x8000'0001;
  event.uid = 4'294'967'294;
  event.namespace_tgid = 4'294'967'293;
  event.lost_count = kind == EventKind::kLost ? (1ULL << 63) + 7 : 0;
  const char name[] = "a\\b%_\xff\xc3\xb1'\"\n";
  std::copy(std::begin(name), std::end(name), event.comm.begin());
  return event;
}

void ExpectSame(const Event& got, const Event& want) {
  EXPECT_EQ(got.kind, want.kind);
  EXPECT_EQ(got.flags, want.flags);
  EXPECT_EQ(got.cpu, want.cpu);
  EXPECT_EQ(got.sequence, want.sequence);
  EXPECT_EQ(got.time_ns, want.time_ns);
  EXPECT_EQ(got.tgid, want.tgid);
  EXPECT_EQ(got.tid, want.tid);
  EXPECT_EQ(got.start_ns, want.start_ns);
  EXPECT_EQ(got.mm_id, want.mm_id);
  EXPECT_EQ(got.ticket, want.ticket);
  EXPECT_EQ(got.virtual_size_bytes, want.virtual_size_bytes);
  EXPECT_EQ(got.cgroup_id, want.cgroup_id);
  EXPECT_EQ(got.address, want.address);
  EXPECT_EQ(got.length_bytes, want.length_bytes);
  EXPECT_EQ(got.result, want.result);
  EXPECT_EQ(got.prot, want.prot);
  EXPECT_EQ(got.map_flags, want.map_flags);
  EXPECT_EQ(got.uid, want.uid);
  EXPECT_EQ(got.namespace_tgid, want.namespace_tgid);
  EXPECT_EQ(got.lost_count, want.lost_count);
  EXPECT_EQ(got.comm, want.comm);
}

model::SharedBatch BatchOf(const std::shared_ptr<const model::Capture>& capture,
                           std::vector<Event> events) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  batch->events = std::move(events);
  return batch;
}

TEST_F(IngestTest, EveryFieldOfEveryKindComesBackExactly) {
  const std::vector<EventKind> kinds = {EventKind::kBaseline, EventKind::kMmap, EventKind::kMunmap,
                                        EventKind::kMremap,   EventKind::kBrk,  EventKind::kStack,
                                        EventKind::kUnmap,    EventKind::kFork, EventKind::kExec,
                                        EventKind::kSpecial,  EventKind::kExit, EventKind::kMmExit,
                                        EventKind::kLost};
  std::vector<Event> events;
  for (size_t i = 0; i < kinds.size(); ++i) events.push_back(Extreme(i, kinds[i]));
  auto store = Open();
  store->Take(BatchOf(MakeCapture(), events));
  Drain(*store);

  auto page = store->ListEvents({});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), events.size());
  EXPECT_FALSE(page->next.has_value());
  for (size_t i = 0; i < events.size(); ++i) {
    const auto& got = page->events[events.size() - 1 - i];  // newest first
    ExpectSame(got.event, events[i]);
    EXPECT_EQ(got.time_unix_ns, kNoonUnixNs + static_cast<int64_t>(events[i].time_ns));
  }
}

TEST_F(IngestTest, ABatchGivenTwiceIsStoredOnce) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 500));
  store->Take(MakeBatch(capture, 0, 0, 500));
  Drain(*store);
  store->Take(MakeBatch(capture, 0, 0, 500));
  Drain(*store);
  EXPECT_EQ(StoredCount(), 500u);
}

// A recording replayed after it was stored live: other batches, same numbers.
TEST_F(IngestTest, OverlapFillsOnlyWhatIsMissing) {
  const auto capture = MakeCapture();
  {
    auto store = Open();
    store->Take(MakeBatch(capture, 0, 100, 200));
    store->Take(MakeBatch(capture, 1, 0, 50));
    Drain(*store);
  }
  auto store = Open();
  store->Take(MakeBatch(capture, 0, 0, 1'000));
  store->Take(MakeBatch(capture, 1, 25, 50));
  Drain(*store);
  EXPECT_EQ(StoredCount(), 1'000u + 75);
  EXPECT_EQ(store->status().counters.out, 1'050u);
  EXPECT_EQ(store->status().counters.waiting, 0u);
}

// Loading the module again begins captures at 1 again, and sequences at 0.
TEST_F(IngestTest, AnotherCaptureOfTheSameNumberIsNotTakenForTheSame) {
  auto store = Open();
  store->Take(MakeBatch(MakeCapture(1, 1'000), 0, 0, 10));
  store->Take(MakeBatch(MakeCapture(1, 2'000), 0, 0, 10));
  store->Take(MakeBatch(MakeCapture(2, 2'000), 0, 0, 10));
  Drain(*store);
  EXPECT_EQ(StoredCount(), 30u);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.capture"), "3");
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.boot"), "1");
}

TEST_F(IngestTest, ARangeGrowsOverKindsThatTheDecoderSkips) {
  auto store = Open();
  const auto capture = MakeCapture();
  for (uint64_t first = 0; first < 1'000; first += 100) {
    store->Take(MakeBatch(capture, 0, first, 90));  // 10 more are of unknown kinds
    Drain(*store);
  }
  EXPECT_EQ(StoredCount(), 900u);
  const auto ranges = Rows("SELECT cpu, first_sequence, last_sequence FROM memmon.ingest_range");
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0], (store::Connection::Row{"0", "0", "989"}));
}

TEST_F(IngestTest, ProcessesAreKeptWithTheirLastName) {
  auto store = Open();
  auto exec = Extreme(0, EventKind::kExec);
  exec.flags = 0;
  exec.comm = {'o', 'l', 'd'};
  auto exit = exec;
  exit.sequence = 1;
  exit.kind = EventKind::kExit;
  exit.comm = {'n', 'e', 'w'};
  store->Take(BatchOf(MakeCapture(), {exec}));
  Drain(*store);
  EXPECT_EQ(Value("SELECT name || end_time IS NULL FROM memmon.process"), "t");
  store->Take(BatchOf(MakeCapture(), {exit}));
  Drain(*store);
  EXPECT_EQ(Value("SELECT name FROM memmon.process WHERE end_time IS NOT NULL AND uid = -2"),
            "new");
}

TEST_F(IngestTest, PartitionsAreMadeForTheDaysOfTheDataAndOneAhead) {
  auto store = Open();
  // Two seconds before midnight, 2019-12-31, and on into the new year.
  const int64_t offset = 1'577'836'798'000'000'000;
  auto batch = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(1, 1, offset), 0, 0, 4));
  batch->capture = MakeCapture(1, 1, offset);
  for (size_t i = 0; i < 4; ++i) batch->events[i].time_ns = i * 1'000'000'000;
  store->Take(batch);
  Drain(*store);
  const auto names = Rows(
      "SELECT c.relname, count(*) FROM memmon.event e JOIN pg_class c ON c.oid = e.tableoid GROUP "
      "BY 1 ORDER BY 1");
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0], (store::Connection::Row{"event_20191231", "2"}));
  EXPECT_EQ(names[1], (store::Connection::Row{"event_20200101", "2"}));
  EXPECT_EQ(Value("SELECT to_regclass('memmon.event_20200102') IS NOT NULL"), "t");
}

TEST_F(IngestTest, APartitionThatWasDroppedIsMadeAgain) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 10));
  Drain(*store);
  Rows("DROP TABLE memmon.event_20261122");
  store->Take(MakeBatch(capture, 0, 10, 10));
  Drain(*store);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.event"), "10");
  // The rollups outlive the events.
  EXPECT_EQ(Value("SELECT sum(mmap_count + munmap_count) FROM memmon.process_minute"), "20");
}

TEST_F(IngestTest, AnImpossibleTimeIsCountedAndWrittenDown) {
  auto store = Open();
  auto batch = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(), 0, 0, 10));
  batch->events[4].time_ns = std::numeric_limits<uint64_t>::max();
  batch->events[6].start_ns = std::numeric_limits<int64_t>::max();
  batch->events[8].start_ns = std::numeric_limits<uint64_t>::max();
  store->Take(batch);
  Drain(*store);
  EXPECT_EQ(StoredCount(), 7u);
  EXPECT_EQ(store->status().counters.out, 7u);
  EXPECT_EQ(store->status().counters.dropped, 3u);
  const auto losses =
      Rows("SELECT first_sequence, event_count, reason FROM memmon.loss ORDER BY 1");
  ASSERT_EQ(losses.size(), 3u);
  for (const size_t i : {0, 1, 2}) {
    EXPECT_EQ(losses[i],
              (store::Connection::Row{std::to_string(4 + 2 * i), "1", "time out of range"}));
  }
}

TEST_F(IngestTest, TheMemoryLogHoldsSuccessfulCalls) {
  auto store = Open();
  auto batch = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(), 0, 0, 4));
  batch->events[2].result = -12;
  store->Take(batch);
  Drain(*store);
  const auto rows = Rows(
      "SELECT pid, process_name, call_type, memory_size,"
      " to_char(\"timestamp\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
      " FROM memmon.memory_log ORDER BY \"timestamp\"");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0], (store::Connection::Row{"1000", "work0", "mmap", "4096",
                                             "2026-11-22 12:00:00.000000"}));
  EXPECT_EQ(rows[1], (store::Connection::Row{"1001", "work1", "munmap", "8192",
                                             "2026-11-22 12:00:00.000001"}));
  EXPECT_EQ(rows[2][0], "1003");
  EXPECT_EQ(Value("SELECT has_table_privilege('public', 'memmon.memory_log', 'SELECT') AND"
                  " NOT has_table_privilege('public', 'memmon.event', 'SELECT')"),
            "t");
}

}  // namespace
}  // namespace memmon::test
