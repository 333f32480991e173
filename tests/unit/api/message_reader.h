// SPDX-License-Identifier: Apache-2.0
//
// What a client reads of a producer of bytes.

#ifndef MEMMON_TESTS_UNIT_API_MESSAGE_READER_H_
#define MEMMON_TESTS_UNIT_API_MESSAGE_READER_H_

#include <gtest/gtest.h>

#include "api/producer.h"
#include "api/wire.h"

namespace memmon::api {

// As Producer::Next. `message` is emptied first.
template <class Message>
bool ReadNext(Producer<grpc::ByteBuffer>* producer, bool last, Message* message,
              Clock::time_point* again) {
  grpc::ByteBuffer bytes;
  message->Clear();
  if (!producer->Next(last, &bytes, again)) return false;
  const grpc::Status status = FromBytes(bytes, message);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return true;
}

}  // namespace memmon::api

#endif  // MEMMON_TESTS_UNIT_API_MESSAGE_READER_H_
