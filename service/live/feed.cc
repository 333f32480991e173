// SPDX-License-Identifier: Apache-2.0

#include "live/feed.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "live/log.h"

namespace memmon::live {
namespace {

// One subscriber's place in the log, and what it is woken by. All but the wake is
// guarded by the state's mutex. From `first_event` on,
// in = out + dropped + waiting, at any time.
struct Reader {
  explicit Reader(std::function<void()> wake_up) : wake(std::move(wake_up)) {}

  // Not while the state's mutex is held.
  void Wake() {
    const std::lock_guard lock(wake_mutex);
    if (wake != nullptr) wake();
  }
  // No wake begins after this.
  void Close() {
    const std::lock_guard lock(wake_mutex);
    wake = nullptr;
  }

  std::mutex wake_mutex;
  std::function<void()> wake;

  bool joined = false;
  uint64_t next = 0;         // batch
  uint64_t first_event = 0;  // where it joined
  uint64_t next_event = 0;   // that of `next`
  uint64_t out = 0;
  // Of `next`, once that is known to be there.
  std::shared_ptr<const model::Position> at;
};

}  // namespace

struct Feed::State {
  explicit State(FeedOptions feed_options)
      : options(feed_options), log(feed_options.history_events, feed_options.queue_events) {
    past.name = "subscribers";
  }

  const FeedOptions options;

  // The pump's.
  std::vector<std::shared_ptr<Reader>> to_wake;

  mutable std::mutex mutex;
  Log log;
  // Where the next batch begins if it is of `capture`; null before the first.
  std::shared_ptr<const model::Position> position;
  std::shared_ptr<const model::Capture> capture;  // of the last batch
  size_t subscribers = 0;                         // those that have not joined, too
  std::vector<std::shared_ptr<Reader>> readers;   // those that have
  model::HopCounters past;                        // of subscribers that left

  // All of these need mutex.

  void Join(const std::shared_ptr<Reader>& reader, uint64_t from) {
    reader->joined = true;
    reader->next = from;
    const bool is_here = from != log.end();
    reader->first_event = is_here ? log.at(from).first_event : log.event_count();
    reader->next_event = reader->first_event;
    if (is_here) reader->at = log.at(from).placed.before;
    readers.push_back(reader);
  }

  uint64_t FirstEventHere() const {
    return log.begin() == log.end() ? log.event_count() : log.at(log.begin()).first_event;
  }

  uint64_t Waiting(const Reader& reader) const {
    return reader.joined ? log.event_count() - std::max(reader.next_event, FirstEventHere()) : 0;
  }

  void AddTo(model::HopCounters* counters, const Reader& reader) const {
    if (!reader.joined) return;
    const uint64_t in = log.event_count() - reader.first_event;
    const uint64_t waiting = Waiting(reader);
    counters->in += in;
    counters->out += reader.out;
    counters->dropped += in - reader.out - waiting;
    counters->waiting += waiting;
  }

  std::optional<Delivery> Next(Reader* reader) const {
    if (!reader->joined || reader->next == log.end()) return std::nullopt;
    Delivery delivery;
    if (reader->next < log.begin()) {
      delivery.gap_events = FirstEventHere() - reader->next_event;
      delivery.gap_begin = std::move(reader->at);
      reader->next = log.begin();
    }
    const Log::Entry& entry = log.at(reader->next);
    delivery.batch = entry.placed.batch;
    delivery.before = entry.placed.before;
    const uint64_t events = entry.placed.batch->events.size();
    reader->out += events;
    reader->next_event = entry.first_event + events;
    ++reader->next;
    reader->at = reader->next == log.end() ? nullptr : log.at(reader->next).placed.before;
    return delivery;
  }
};

class Feed::Member : public Resumption {
 public:
  Member(std::shared_ptr<State> state, std::function<void()> wake)
      : state_(std::move(state)), reader_(std::make_shared<Reader>(std::move(wake))) {}

  ~Member() override {
    // Before the lock: it may wait for a wake that is running.
    reader_->Close();
    const std::lock_guard lock(state_->mutex);
    --state_->subscribers;
    std::erase(state_->readers, reader_);
    state_->AddTo(&state_->past, *reader_);
    // What still waited goes with it.
    state_->past.dropped += std::exchange(state_->past.waiting, 0);
  }

  std::optional<Delivery> Next() override {
    const std::lock_guard lock(state_->mutex);
    return state_->Next(reader_.get());
  }
  size_t waiting() const override {
    const std::lock_guard lock(state_->mutex);
    return state_->Waiting(*reader_);
  }

  // With the lock that Take holds while it adds to the log and sees who is there:
  // each batch is in the log now, or comes later.
  Begin Join(const model::Position& from, bool even_late) override {
    const std::lock_guard lock(state_->mutex);
    const Log& log = state_->log;
    const uint64_t begin_number = log.history_begin();
    Begin begin{.joined = true,
                .memory = begin_number == log.end() ? nullptr : log.at(begin_number).placed.before};
    if (reader_->joined) return begin;
    const auto found = log.Find(from);
    begin.joined = found.has_value() || even_late;
    if (begin.joined) state_->Join(reader_, found.value_or(begin_number));
    return begin;
  }

  void JoinNow() {
    const std::lock_guard lock(state_->mutex);
    state_->Join(reader_, state_->log.end());
    begin_ = state_->position;
  }
  std::shared_ptr<const model::Position> begin() const override { return begin_; }

 private:
  const std::shared_ptr<State> state_;
  const std::shared_ptr<Reader> reader_;
  std::shared_ptr<const model::Position> begin_;
};

Feed::Feed(FeedOptions options) : state_(std::make_shared<State>(options)) {}

Feed::~Feed() = default;

void Feed::Take(const model::SharedBatch& batch) {
  if (batch->events.empty()) return;
  State& state = *state_;
  // Nobody else changes these.
  const Placed placed{batch, batch->capture == state.capture
                                 ? state.position
                                 : std::make_shared<model::Position>(model::IdOf(*batch->capture))};
  auto after = std::make_shared<model::Position>(*placed.before);
  for (const model::Event& event : batch->events) after->Pass(event);

  std::vector<Log::Entry> gone;
  {
    const std::lock_guard lock(state.mutex);
    const uint64_t number = state.log.end();
    for (const auto& reader : state.readers) {
      const uint64_t waited = state.Waiting(*reader);
      const bool was_empty = reader->next == number;
      if (was_empty) reader->at = placed.before;
      const uint64_t wake_events = state.options.wake_events;
      if (was_empty || (waited < wake_events && waited + batch->events.size() >= wake_events)) {
        state.to_wake.push_back(reader);
      }
    }
    gone = state.log.Add(placed);
    state.capture = batch->capture;
    state.position = std::move(after);
  }
  for (const auto& reader : state.to_wake) reader->Wake();
  state.to_wake.clear();
}

std::unique_ptr<Feed::Member> Feed::NewMember(std::function<void()> wake) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->subscribers;
  }
  return std::make_unique<Member>(state_, std::move(wake));
}

std::unique_ptr<Subscription> Feed::Subscribe(std::function<void()> wake) {
  auto member = NewMember(std::move(wake));
  member->JoinNow();
  return member;
}

std::unique_ptr<Resumption> Feed::Resume(std::function<void()> wake) {
  return NewMember(std::move(wake));
}

std::shared_ptr<const model::Capture> Feed::capture() const {
  const std::lock_guard lock(state_->mutex);
  return state_->capture;
}

size_t Feed::subscriber_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->subscribers;
}

model::HopCounters Feed::counters() const {
  const std::lock_guard lock(state_->mutex);
  model::HopCounters counters = state_->past;
  for (const auto& reader : state_->readers) state_->AddTo(&counters, *reader);
  counters.capacity =
      state_->readers.size() * (state_->options.queue_events + state_->options.history_events);
  return counters;
}

}  // namespace memmon::live
