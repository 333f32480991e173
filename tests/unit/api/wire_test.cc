// SPDX-License-Identifier: Apache-2.0

#include "api/wire.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "api/convert.h"
#include "fakes/event_builder.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {
namespace {

// Values of every length, 0 and the largest among them.
class AnyEvent {
 public:
  model::Event operator()() {
    constexpr model::EventKind kKinds[] = {model::EventKind::kLost, model::EventKind::kMmap,
                                           model::EventKind::kMmExit, model::EventKind{}};
    model::Event event;
    event.kind = kKinds[random_() % std::size(kKinds)];
    event.cpu = static_cast<uint16_t>(Number());
    event.sequence = Number();
    event.tgid = static_cast<uint32_t>(Number());
    event.tid = static_cast<uint32_t>(Number());
    event.start_ns = Number();
    event.mm_id = Number();
    event.virtual_size_bytes = Number();
    event.cgroup_id = Number();
    event.address = Number();
    event.length_bytes = Number();
    event.result = static_cast<int64_t>(Number());
    event.prot = static_cast<uint32_t>(Number());
    event.map_flags = static_cast<uint32_t>(Number());
    event.uid = static_cast<uint32_t>(Number());
    event.namespace_tgid = static_cast<uint32_t>(Number());
    event.lost_count = Number();
    const char* const kNames[] = {"", "a", "fifteen letters", "\xe9t\xc3\xa9\x01",
                                  "\xf0\x9f\x98\x80"};
    fakes::SetName(&event, kNames[random_() % std::size(kNames)]);
    return event;
  }
  uint64_t Number() {
    if (random_() % 16 == 0) return std::numeric_limits<uint64_t>::max();
    return random_() % 16 == 0 ? 0 : random_() >> random_() % 64;
  }

 private:
  std::mt19937_64 random_{11};
};

// The library's, of the fields asked for.
std::string Expected(const model::Event& event, int64_t unix_ns, const EventFields& fields) {
  v1::StreamEventsResponse message;
  v1::Event* out = message.add_events();
  const Details details = fields.details_hidden() ? Details::kHidden : Details::kShown;
  ToProto(event, unix_ns, details, out);
  const auto* descriptor = v1::Event::descriptor();
  for (int i = 0; event.kind != model::EventKind::kLost && i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (!fields.Has(field->number()) && field->number() != v1::Event::kDetailsHiddenFieldNumber) {
      out->GetReflection()->ClearField(out, field);
    }
  }
  return message.SerializeAsString();
}

EventFields Read(const std::vector<std::string>& names) {
  google::protobuf::FieldMask mask;
  for (const std::string& name : names) mask.add_paths(name);
  EventFields fields;
  EXPECT_TRUE(EventFields::Read(mask, "field_mask", &fields).ok());
  return fields;
}

TEST(Wire, AnEventIsTheBytesThatTheLibraryMakesOfIt) {
  AnyEvent any;
  for (int i = 0; i < 20'000; ++i) {
    const model::Event event = any();
    const auto unix_ns = static_cast<int64_t>(any.Number());
    std::string bytes = "what was there";
    AppendEvent(event, unix_ns, {}, &bytes);
    ASSERT_EQ(bytes, "what was there" + Expected(event, unix_ns, {})) << i;
  }
}

TEST(Wire, OfTheFieldsAskedForAlone) {
  const auto* descriptor = v1::Event::descriptor();
  AnyEvent any;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> names;
    for (int field = 0; field < descriptor->field_count(); ++field) {
      if (any.Number() % 3 == 0) names.push_back(descriptor->field(field)->name());
    }
    const EventFields fields = Read(names);
    const model::Event event = any();
    std::string bytes;
    AppendEvent(event, 16, fields, &bytes);
    ASSERT_EQ(bytes, Expected(event, 16, fields)) << i;
  }
}

// What ToProto makes of it, and that hides; convert_test.cc holds ToProto to that.
TEST(Wire, WithoutWhatIsHidden) {
  const auto* descriptor = v1::Event::descriptor();
  AnyEvent any;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> names;
    for (int field = 0; i % 2 == 0 && field < descriptor->field_count(); ++field) {
      if (any.Number() % 3 == 0) names.push_back(descriptor->field(field)->name());
    }
    EventFields fields = Read(names);
    const bool wants =
        fields.Has(v1::Event::kAddressFieldNumber) || fields.Has(v1::Event::kResultFieldNumber);
    fields.HideDetails();
    ASSERT_EQ(fields.details_hidden(), wants) << i;
    const model::Event event = any();
    std::string bytes;
    AppendEvent(event, 16, fields, &bytes);
    ASSERT_EQ(bytes, Expected(event, 16, fields)) << i;
    v1::StreamEventsResponse message;
    ASSERT_TRUE(message.ParseFromString(bytes));
    ASSERT_EQ(message.events(0).address(), 0u) << i;
  }
}

TEST(Wire, ALossComesWholeWhateverIsAskedFor) {
  model::Event event;
  event.kind = model::EventKind::kLost;
  event.sequence = 2;
  event.lost_count = 99;
  std::string whole;
  std::string masked;
  AppendEvent(event, 16, {}, &whole);
  AppendEvent(event, 16, Read({"pid"}), &masked);
  EXPECT_EQ(masked, whole);
  v1::StreamEventsResponse message;
  ASSERT_TRUE(message.ParseFromString(masked));
  EXPECT_EQ(message.events(0).lost_count(), 99u);
}

TEST(Wire, AFieldOfBytesIsSharedAndReadAsOne) {
  const grpc::Slice parts[] = {ToSlice(std::string(100, 'a')), ToSlice(std::string(70'000, 'b'))};
  const grpc::ByteBuffer field =
      AsField(v1::StreamRecordsResponse::kRecordsFieldNumber, grpc::ByteBuffer(parts, 2));
  v1::StreamRecordsResponse message;
  ASSERT_TRUE(FromBytes(field, &message).ok());
  EXPECT_EQ(message.records(), std::string(100, 'a') + std::string(70'000, 'b'));
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(field.Dump(&slices).ok());
  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices[2].begin(), parts[1].begin());
}

TEST(Wire, NothingIsAMessageOfZeroValues) {
  v1::StreamRecordsResponse message;
  message.set_records("x");
  EXPECT_TRUE(FromBytes(AsField(1, grpc::ByteBuffer()), &message).ok());
  EXPECT_EQ(message.records(), "");
}

TEST(Wire, BytesThatAreNoMessageAreRefused) {
  const grpc::Slice bytes = ToSlice("\x0a\x7f");
  v1::StreamEventsRequest request;
  const grpc::Status status = FromBytes(grpc::ByteBuffer(&bytes, 1), &request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the request is no memmon.v1.StreamEventsRequest");
}

}  // namespace
}  // namespace memmon::api
