// SPDX-License-Identifier: Apache-2.0
//
// A capture's identity and facts as bytes, for the spool's files: what a batch
// needs to be stored by a memmond that never saw its HEADER.

#ifndef MEMMON_STORE_CAPTURE_BYTES_H_
#define MEMMON_STORE_CAPTURE_BYTES_H_

#include <memory>

#include "model/capture.h"
#include "store/bytes.h"

namespace memmon::store {

void PutCapture(const model::Capture& capture, ByteWriter* out);

// Null where the bytes are no capture that a stream can have.
std::shared_ptr<const model::Capture> GetCapture(ByteReader* in);

}  // namespace memmon::store

#endif  // MEMMON_STORE_CAPTURE_BYTES_H_
