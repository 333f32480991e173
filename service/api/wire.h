// SPDX-License-Identifier: Apache-2.0
//
// The API's messages as the bytes that go over the wire, for the streams that carry
// many events: to make messages of events first and bytes of these costs several
// times as much as to write the bytes, and memory that one who stands still holds.
//
// The bytes are those that the library makes of the same message (wire_test.cc).

#ifndef MEMMON_API_WIRE_H_
#define MEMMON_API_WIRE_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "api/event_fields.h"
#include "model/event.h"

namespace memmon::api {

// Appends one more of a StreamEventsResponse's events, with the fields asked for, as
// far as they are not hidden. `unix_ns`: the wall clock at the event. LOST comes
// whole, whatever is asked for: nobody may take a loss for an event.
void AppendEvent(const model::Event& event, int64_t unix_ns, const EventFields& fields,
                 std::string* out);

// Takes the bytes over; nothing is copied.
grpc::Slice ToSlice(std::string bytes);

// A message that has nothing but field `number`, which is these bytes: those of a
// message or a string. They are shared, not copied.
grpc::ByteBuffer AsField(int number, const grpc::ByteBuffer& bytes);

// INVALID_ARGUMENT where the bytes are no such message.
template <class Message>
grpc::Status FromBytes(const grpc::ByteBuffer& bytes, Message* message) {
  grpc::ByteBuffer to_read = bytes;  // reading empties it
  if (grpc::SerializationTraits<Message>::Deserialize(&to_read, message).ok()) {
    return grpc::Status::OK;
  }
  return {grpc::StatusCode::INVALID_ARGUMENT,
          absl::StrCat("the request is no ", Message::descriptor()->full_name())};
}

}  // namespace memmon::api

#endif  // MEMMON_API_WIRE_H_
