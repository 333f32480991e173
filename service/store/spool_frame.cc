// SPDX-License-Identifier: Apache-2.0

#include "store/spool_frame.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/bytes.h"
#include "store/capture_bytes.h"

namespace memmon::store {
namespace {

constexpr uint32_t kFrameMagic = 0x46534d4d;  // "MMSF"

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged: ", std::string(what)));
}

bool IsKind(model::EventKind kind) {
  switch (kind) {
    case model::EventKind::kLost:
    case model::EventKind::kBaseline:
    case model::EventKind::kResync:
    case model::EventKind::kResyncEnd:
    case model::EventKind::kMmap:
    case model::EventKind::kMunmap:
    case model::EventKind::kMremap:
    case model::EventKind::kBrk:
    case model::EventKind::kStack:
    case model::EventKind::kSpecial:
    case model::EventKind::kUnmap:
    case model::EventKind::kFork:
    case model::EventKind::kExec:
    case model::EventKind::kExit:
    case model::EventKind::kMmExit:
      return true;
  }
  return false;
}

bool IsCpu(uint16_t cpu, const model::Capture& capture) {
  return cpu == model::kNoCpu || cpu < capture.cpu_count;
}

void PutEvent(const model::Event& event, ByteWriter* out) {
  out->Put(static_cast<uint16_t>(event.kind));
  out->Put(event.flags);
  out->Put(event.cpu);
  out->Put(uint16_t{0});
  out->Put(event.sequence);
  out->Put(event.time_ns);
  out->Put(event.tgid);
  out->Put(event.tid);
  out->Put(event.start_ns);
  out->Put(event.mm_id);
  out->Put(event.ticket);
  out->Put(event.virtual_size_bytes);
  out->Put(event.cgroup_id);
  out->Put(event.address);
  out->Put(event.length_bytes);
  out->Put(event.result);
  out->Put(event.prot);
  out->Put(event.map_flags);
  out->Put(event.uid);
  out->Put(event.namespace_tgid);
  out->PutBytes({event.comm.data(), event.comm.size()});
  out->Put(event.lost_count);
  out->Put(event.lost_until_ns);
}

// False where no decoder could have made it.
bool GetEvent(const model::Capture& capture, ByteReader* in, model::Event* event) {
  event->kind = static_cast<model::EventKind>(in->Get<uint16_t>());
  event->flags = in->Get<uint16_t>();
  event->cpu = in->Get<uint16_t>();
  const auto reserved = in->Get<uint16_t>();
  event->sequence = in->Get<uint64_t>();
  event->time_ns = in->Get<uint64_t>();
  event->tgid = in->Get<uint32_t>();
  event->tid = in->Get<uint32_t>();
  event->start_ns = in->Get<uint64_t>();
  event->mm_id = in->Get<uint64_t>();
  event->ticket = in->Get<uint64_t>();
  event->virtual_size_bytes = in->Get<uint64_t>();
  event->cgroup_id = in->Get<uint64_t>();
  event->address = in->Get<uint64_t>();
  event->length_bytes = in->Get<uint64_t>();
  event->result = in->Get<int64_t>();
  event->prot = in->Get<uint32_t>();
  event->map_flags = in->Get<uint32_t>();
  event->uid = in->Get<uint32_t>();
  event->namespace_tgid = in->Get<uint32_t>();
  const std::string_view comm = in->GetBytes(event->comm.size());
  std::copy(comm.begin(), comm.end(), event->comm.begin());
  event->lost_count = in->Get<uint64_t>();
  event->lost_until_ns = in->Get<uint64_t>();
  return in->ok() && reserved == 0 && IsKind(event->kind) && IsCpu(event->cpu, capture) &&
         event->comm.back() == '\0' &&
         (event->kind == model::EventKind::kLost) == (event->lost_count > 0);
}

// The parts of any number of events.
class PartBuilder {
 public:
  void Add(const model::Event& event) {
    const uint64_t last = LastSequence(event);
    const auto [it, added] = parts_.try_emplace(event.cpu);
    FrameFacts::Part& part = it->second;
    if (added) part.span = {event.cpu, event.sequence, last};
    part.span.first = std::min(part.span.first, event.sequence);
    part.span.last = std::max(part.span.last, last);
    ++part.event_count;
  }
  std::vector<FrameFacts::Part> Parts() const {
    std::vector<FrameFacts::Part> parts;
    parts.reserve(parts_.size());
    for (const auto& [cpu, part] : parts_) parts.push_back(part);
    return parts;
  }

 private:
  std::map<uint16_t, FrameFacts::Part> parts_;
};

std::string EncodeFacts(const FrameFacts& facts) {
  std::string bytes;
  ByteWriter out(&bytes);
  PutCapture(*facts.capture, &out);
  out.Put(facts.epoch);
  out.Put(static_cast<uint32_t>(facts.parts.size()));
  for (const auto& part : facts.parts) {
    out.Put(part.span.cpu);
    out.Put(part.event_count);
    out.Put(part.span.first);
    out.Put(part.span.last);
  }
  return bytes;
}

}  // namespace

uint32_t SumOf(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::vector<Loss> LossesOf(const FrameFacts& facts, LossReason reason) {
  std::vector<Loss> losses;
  losses.reserve(facts.parts.size());
  for (const auto& part : facts.parts) {
    losses.push_back({facts.capture, part.span, NumbersIn(part.span), reason});
  }
  return losses;
}

FrameFacts FactsOf(const Chunk& chunk) {
  PartBuilder parts;
  for (const Slice& slice : chunk.slices) {
    for (size_t i = slice.begin; i < slice.end; ++i) parts.Add(slice.batch->events[i]);
  }
  return {chunk.capture, chunk.epoch, parts.Parts()};
}

size_t FactsBytes(const FrameFacts& facts) { return EncodeFacts(facts).size(); }

std::string EncodeFrame(const Chunk& chunk, const FrameFacts& facts, uint64_t place) {
  const std::string facts_bytes = EncodeFacts(facts);
  std::string frame;
  frame.reserve(kFrameHeadBytes + facts_bytes.size() + chunk.event_count * kEventBytes);
  frame.resize(kFrameHeadBytes);
  ByteWriter out(&frame);
  out.PutBytes(facts_bytes);
  for (const Slice& slice : chunk.slices) {
    for (size_t i = slice.begin; i < slice.end; ++i) PutEvent(slice.batch->events[i], &out);
  }
  std::string head;
  ByteWriter head_out(&head);
  head_out.Put(kFrameMagic);
  head_out.Put(static_cast<uint32_t>(facts_bytes.size()));
  head_out.Put(static_cast<uint32_t>(chunk.event_count));
  head_out.Put(SumOf(facts_bytes));
  head_out.Put(SumOf(std::string_view(frame).substr(kFrameHeadBytes + facts_bytes.size())));
  head_out.Put(uint32_t{0});
  head_out.Put(place);
  head_out.Put(uint32_t{0});
  head_out.Put(SumOf(head));
  frame.replace(0, kFrameHeadBytes, head);
  return frame;
}

absl::StatusOr<FrameHead> DecodeHead(std::string_view bytes, uint64_t place) {
  if (bytes.size() != kFrameHeadBytes) return Damaged("a frame's head is cut short");
  ByteReader in(bytes);
  FrameHead head;
  const auto magic = in.Get<uint32_t>();
  head.facts_bytes = in.Get<uint32_t>();
  head.event_count = in.Get<uint32_t>();
  head.facts_sum = in.Get<uint32_t>();
  head.events_sum = in.Get<uint32_t>();
  const auto reserved = in.Get<uint32_t>();
  const auto stated_place = in.Get<uint64_t>();
  const auto reserved_too = in.Get<uint32_t>();
  if (magic != kFrameMagic || in.Get<uint32_t>() != SumOf(bytes.substr(0, kFrameHeadBytes - 4))) {
    return Damaged("no frame is where one should be");
  }
  if (stated_place != place) return Damaged("a frame of another place");
  if (reserved != 0 || reserved_too != 0 || head.facts_bytes > kMostFactsBytes ||
      head.event_count == 0 || head.event_count > kMostFrameEvents) {
    return Damaged("a frame's lengths are out of bounds");
  }
  return head;
}

absl::StatusOr<FrameFacts> DecodeFacts(const FrameHead& head, std::string_view bytes) {
  if (bytes.size() != head.facts_bytes) return Damaged("a frame's facts are cut short");
  if (SumOf(bytes) != head.facts_sum) return Damaged("the sum of a frame's facts is wrong");
  ByteReader in(bytes);
  FrameFacts facts;
  facts.capture = GetCapture(&in);
  if (facts.capture == nullptr) return Damaged("a capture that cannot be");
  facts.epoch = in.Get<uint64_t>();
  const auto count = in.Get<uint32_t>();
  uint64_t events = 0;
  int32_t cpu_before = -1;
  for (uint32_t i = 0; i < count && in.ok(); ++i) {
    FrameFacts::Part part;
    part.span.cpu = in.Get<uint16_t>();
    part.event_count = in.Get<uint32_t>();
    part.span.first = in.Get<uint64_t>();
    part.span.last = in.Get<uint64_t>();
    if (part.span.cpu <= cpu_before || !IsCpu(part.span.cpu, *facts.capture) ||
        part.span.first > part.span.last || part.event_count == 0) {
      return Damaged("a span that cannot be");
    }
    cpu_before = part.span.cpu;
    events += part.event_count;
    facts.parts.push_back(part);
  }
  if (!in.ok() || in.left() != 0 || events != head.event_count) {
    return Damaged("a frame's facts contradict themselves");
  }
  return facts;
}

absl::StatusOr<std::vector<model::Event>> DecodeEvents(const FrameHead& head,
                                                       const FrameFacts& facts,
                                                       std::string_view bytes) {
  if (bytes.size() != head.events_bytes()) return Damaged("a frame's events are cut short");
  if (SumOf(bytes) != head.events_sum) return Damaged("the sum of a frame's events is wrong");
  ByteReader in(bytes);
  PartBuilder parts;
  std::vector<model::Event> events(head.event_count);
  for (model::Event& event : events) {
    if (!GetEvent(*facts.capture, &in, &event)) return Damaged("an event that cannot be");
    parts.Add(event);
  }
  if (parts.Parts() != facts.parts) return Damaged("events that are not those of the facts");
  return events;
}

}  // namespace memmon::store
