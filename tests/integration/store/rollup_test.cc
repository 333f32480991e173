// SPDX-License-Identifier: Apache-2.0
//
// What each process did in each minute, in the database: against a model that
// knows the order of things, whatever the order in which they are read, the
// size of the transactions, and how often they are offered.

#include <map>
#include <random>
#include <utility>

#include "fakes/durations.h"
#include "fixture.h"

namespace memmon::test {
namespace {

using model::Event;
using model::EventKind;

constexpr int64_t kPage = 4'096;

// A row of memmon.process_minute as people read it.
struct Figures {
  int64_t held = 0;  // at the end of the minute, as it is: may be below 0
  int64_t size = 0;
  int64_t max_size = 0;
  int64_t requested = 0;
  int64_t released = 0;
  int mmaps = 0;
  int munmaps = 0;
  int failed = 0;
  friend bool operator==(const Figures&, const Figures&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Figures& f) {
    return out << "held " << f.held << " size " << f.size << " max " << f.max_size << " requested "
               << f.requested << " released " << f.released << " calls " << f.mmaps << " "
               << f.munmaps << " " << f.failed;
  }
};
using Minutes = std::map<std::pair<int64_t, int64_t>, Figures>;  // by tgid and minute

// Random lives of processes, and their records as a reader gets them: dealt to
// CPUs, a CPU's at a time.
class Lives {
 public:
  explicit Lives(uint32_t seed) : random_(seed), capture_(MakeCapture()), cpus_(3), next_(3) {
    for (int i = 0; i < 5; ++i) Begin(EventKind::kBaseline);
  }

  // What the reader takes in one pass.
  std::vector<model::SharedBatch> Pass() {
    for (int i = 0; i < 40; ++i) Step();
    std::vector<model::SharedBatch> batches;
    for (auto& cpu : cpus_) {
      if (cpu.empty()) continue;
      auto batch = std::make_shared<model::Batch>();
      batch->capture = capture_;
      batch->events = std::exchange(cpu, {});
      batches.push_back(std::move(batch));
    }
    return batches;
  }

  const Minutes& minutes() const { return minutes_; }

 private:
  struct Life {
    uint64_t mm_id = 0;
    int64_t held = 0;
    int64_t pages = 0;
  };

  void Step() {
    now_ns_ += random_() % 60'000'000;
    const auto it = std::next(lives_.begin(), random_() % lives_.size());
    const uint32_t tgid = it->first;
    Life& life = it->second;
    switch (random_() % 20) {
      case 0:
        Begin(EventKind::kFork);
        break;
      case 1:
        if (random_() % 3 == 0) {
          // The kernel maps the image, then says so.
          life = {next_mm_id_++, 0, 6};
          Emit(EventKind::kMmap, tgid, life, 5);
          Emit(EventKind::kExec, tgid, life, 0);
        }
        break;
      case 2:
        if (lives_.size() > 4 && random_() % 3 == 0) {
          Emit(EventKind::kExit, tgid, life, 0);
          lives_.erase(it);
        }
        break;
      case 3:
        Emit(EventKind::kMmap, tgid, life, 7, /*result=*/-12);
        break;
      default: {
        const auto pages = static_cast<int64_t>(1 + random_() % 20);
        const bool gives_back = random_() % 2 == 0;
        life.held += gives_back ? -pages : pages;
        life.pages = std::max<int64_t>(1, life.pages + (gives_back ? -pages : pages));
        Emit(gives_back ? EventKind::kMunmap : EventKind::kMmap, tgid, life, pages);
      }
    }
  }

  void Begin(EventKind kind) {
    const uint32_t tgid = next_tgid_++;
    lives_[tgid] = {next_mm_id_++, 0, 100};
    Emit(kind, tgid, lives_[tgid], 0);
  }

  void Emit(EventKind kind, uint32_t tgid, const Life& life, int64_t pages, int64_t result = 0) {
    const size_t cpu = random_() % cpus_.size();
    Event event;
    event.kind = kind;
    event.cpu = static_cast<uint16_t>(cpu);
    event.sequence = next_[cpu]++;
    event.time_ns = event.ticket = ++now_ns_;
    event.tgid = event.tid = tgid;
    event.start_ns = 10 + tgid;
    event.mm_id = life.mm_id;
    event.virtual_size_bytes = static_cast<uint64_t>(life.pages * kPage);
    event.length_bytes = static_cast<uint64_t>(pages * kPage);
    event.result = result;
    event.comm = {'l', 'i', 'f', 'e'};
    cpus_[cpu].push_back(event);

    Figures& now = minutes_[{tgid, static_cast<int64_t>(now_ns_ / kMinuteNs)}];
    now.held = life.held * kPage;
    now.size = life.pages * kPage;
    now.max_size = std::max(now.max_size, now.size);
    if (result != 0) {
      ++now.failed;
    } else if (kind == EventKind::kMmap) {
      ++now.mmaps;
      now.requested += pages * kPage;
    } else if (kind == EventKind::kMunmap) {
      ++now.munmaps;
      now.released += pages * kPage;
    }
  }

  std::mt19937 random_;
  const std::shared_ptr<const model::Capture> capture_;
  std::vector<std::vector<Event>> cpus_;
  std::vector<uint64_t> next_;
  std::map<uint32_t, Life> lives_;
  uint64_t now_ns_ = 1'000;
  uint32_t next_tgid_ = 10;
  uint64_t next_mm_id_ = 1;
  Minutes minutes_;
};

class RollupStoreTest : public StoreTest {
 protected:
  // As the comment on the table tells people to ask, of all processes.
  Minutes Stored() {
    Minutes minutes;
    for (const auto& row :
         Rows("SELECT tgid, (extract(epoch FROM minute) - 1795348800)::bigint / 60,"
              " sum(held_change_bytes) OVER (PARTITION BY capture_row, tgid, start_ns, image"
              "                              ORDER BY minute),"
              " virtual_size_bytes, max_virtual_size_bytes, requested_bytes, released_bytes,"
              " mmap_count, munmap_count, failed_count FROM"
              " (SELECT *, count(exec_ns) OVER (PARTITION BY capture_row, tgid, start_ns"
              "                                 ORDER BY minute) AS image"
              "  FROM memmon.process_minute) AS of_process")) {
      minutes[{std::stoll(row[0]), std::stoll(row[1])}] = {
          std::stoll(row[2]), std::stoll(row[3]), std::stoll(row[4]), std::stoll(row[5]),
          std::stoll(row[6]), std::stoi(row[7]),  std::stoi(row[8]),  std::stoi(row[9])};
    }
    return minutes;
  }

  void ExpectStored(const Minutes& expected) {
    const Minutes stored = Stored();
    EXPECT_EQ(stored.size(), expected.size());
    for (const auto& [key, figures] : expected) {
      const auto found = stored.find(key);
      ASSERT_NE(found, stored.end()) << "tgid " << key.first << " minute " << key.second;
      ASSERT_EQ(found->second, figures) << "tgid " << key.first << " minute " << key.second;
    }
  }
};

TEST_F(RollupStoreTest, AgreesWithASimpleModelWhateverTheTransactions) {
  for (const uint32_t seed : {1, 2, 3, 4}) {
    SCOPED_TRACE(seed);
    database_ = cluster().CreateDatabase();
    Lives lives(seed);
    auto few = options();
    few.batch_events = 1 + seed * 7;  // a pass is many transactions
    few.batch_delay = std::chrono::milliseconds(1);
    std::vector<model::SharedBatch> all;
    auto store = Open(few);
    for (int pass = 0; pass < 200; ++pass) {
      for (const auto& batch : lives.Pass()) {
        store->Take(batch);
        if (pass % 3 == 0) store->Take(batch);
        all.push_back(batch);
      }
      if (pass % 70 == 69) {
        Drain(*store);
        store = Open(few);
      }
    }
    Drain(*store);
    ASSERT_GT(lives.minutes().size(), 100u);
    ASSERT_NO_FATAL_FAILURE(ExpectStored(lives.minutes()));

    // A recording of it, played into the same database, adds nothing.
    store = Open();
    for (const auto& batch : all) store->Take(batch);
    Drain(*store);
    ASSERT_NO_FATAL_FAILURE(ExpectStored(lives.minutes()));
  }
}

// Of a stream that begins in the middle, what is not stored yet is added.
TEST_F(RollupStoreTest, OverlapAddsOnlyWhatIsMissing) {
  const auto capture = MakeCapture();
  {
    auto store = Open();
    store->Take(MakeBatch(capture, 0, 100, 200));
    Drain(*store);
  }
  auto store = Open();
  store->Take(MakeBatch(capture, 0, 0, 1'000));
  Drain(*store);
  EXPECT_EQ(Value("SELECT sum(mmap_count + munmap_count) FROM memmon.process_minute"), "1000");
}

// Nonsense in a recording must not keep the rest from being stored.
TEST_F(RollupStoreTest, SumsStopAtTheLargestNumber) {
  const auto capture = MakeCapture();
  auto store = Open();
  for (uint64_t sequence = 0; sequence < 4; ++sequence) {
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, sequence, 1));
    batch->events[0].tgid = 7;
    batch->events[0].start_ns = 5;
    batch->events[0].length_bytes = std::numeric_limits<uint64_t>::max() - kPage;
    store->Take(batch);
    Drain(*store);
  }
  EXPECT_EQ(Rows("SELECT requested_bytes, released_bytes, held_change_bytes BETWEEN -1 AND 1"
                 " FROM memmon.process_minute")[0],
            (store::Connection::Row{"9223372036854775807", "9223372036854775807", "t"}));
}

// A process that is never idle has its row added to with every transaction.
TEST_F(RollupStoreTest, ARowThatIsAddedToTakesItsRoomOnce) {
  auto store = Open();
  const auto capture = MakeCapture();
  const auto add = [&](uint64_t first) {
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, first, 300));
    for (uint64_t i = 0; i < 300; ++i) {
      batch->events[i].tgid = static_cast<uint32_t>(1'000 + i);
      batch->events[i].start_ns = 5;
    }
    store->Take(batch);
    Drain(*store);
  };
  const std::string size = "SELECT pg_total_relation_size('memmon.process_minute_20261122')";
  // ANALYZE of any table has a snapshot, which keeps what was replaced meanwhile; so has the
  // first look at the space.
  Rows("ALTER SYSTEM SET autovacuum = off");
  Rows("SELECT pg_reload_conf()");
  EXPECT_TRUE(Eventually([&] {
    return Value("SHOW autovacuum") == "off" && store->status().space.size_bytes > 0 &&
           Value(
               "SELECT count(*) FROM pg_stat_activity"
               " WHERE backend_type = 'autovacuum worker'") == "0";
  }));
  add(0);
  add(300);
  const uint64_t before = std::stoull(Value(size));
  for (uint64_t first = 600; first < 12'000; first += 300) add(first);
  EXPECT_EQ(Value("SELECT sum(mmap_count + munmap_count) FROM memmon.process_minute"), "12000");
  EXPECT_LE(std::stoull(Value(size)), before * 3 / 2);
  Rows("ALTER SYSTEM RESET autovacuum");
  Rows("SELECT pg_reload_conf()");
}

TEST_F(RollupStoreTest, EveryCaptureHasItsOwnRows) {
  auto store = Open();
  store->Take(MakeBatch(MakeCapture(1, 1'000), 0, 0, 7));
  store->Take(MakeBatch(MakeCapture(2, 2'000), 0, 0, 7));
  Drain(*store);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.process_minute"), "14");
}

}  // namespace
}  // namespace memmon::test
