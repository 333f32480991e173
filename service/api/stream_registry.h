// SPDX-License-Identifier: Apache-2.0
//
// The streams that are open: no more than there is memory for, and so that they can
// be ended together.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_API_STREAM_REGISTRY_H_
#define MEMMON_API_STREAM_REGISTRY_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace memmon::api {

class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Sends what waits, then ends with `status`.
  virtual void End(const grpc::Status& status) = 0;
};

class StreamRegistry {
 public:
  explicit StreamRegistry(size_t max_streams) : max_streams_(max_streams) {}

  // Takes `places` of max_streams; false where there are not so many. Leave gives them
  // back.
  bool Enter(size_t places);
  void Leave(size_t places);

  // A stream that comes after EndAll is ended at once.
  void Add(OpenStream* stream, std::weak_ptr<OpenStream> handle);
  void Remove(OpenStream* stream);
  void EndAll(const grpc::Status& status);
  // Returns when no stream is left, or after `limit`.
  void WaitUntilEmpty(std::chrono::milliseconds limit);
  size_t size() const;

 private:
  const size_t max_streams_;
  mutable std::mutex mutex_;
  size_t taken_ = 0;  // places
  std::condition_variable empty_;
  std::unordered_map<OpenStream*, std::weak_ptr<OpenStream>> streams_;
  std::optional<grpc::Status> ended_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_STREAM_REGISTRY_H_
