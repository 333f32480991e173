// SPDX-License-Identifier: Apache-2.0

#include "api/stream_registry.h"

#include <utility>
#include <vector>

namespace memmon::api {

bool StreamRegistry::Enter(size_t places) {
  std::lock_guard lock(mutex_);
  if (places > max_streams_ - taken_) return false;
  taken_ += places;
  return true;
}

void StreamRegistry::Leave(size_t places) {
  std::lock_guard lock(mutex_);
  taken_ -= places;
}

void StreamRegistry::Add(OpenStream* stream, std::weak_ptr<OpenStream> handle) {
  std::optional<grpc::Status> ended;
  {
    std::lock_guard lock(mutex_);
    streams_.emplace(stream, std::move(handle));
    ended = ended_;
  }
  if (ended) stream->End(*ended);
}

void StreamRegistry::Remove(OpenStream* stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
  if (streams_.empty()) empty_.notify_all();
}

void StreamRegistry::EndAll(const grpc::Status& status) {
  std::vector<std::shared_ptr<OpenStream>> streams;
  {
    std::lock_guard lock(mutex_);
    ended_ = status;
    for (const auto& [stream, handle] : streams_) {
      if (auto alive = handle.lock()) streams.push_back(std::move(alive));
    }
  }
  // Without the lock: a stream that ends removes itself.
  for (const auto& stream : streams) stream->End(status);
}

void StreamRegistry::WaitUntilEmpty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  empty_.wait_for(lock, limit, [&] { return streams_.empty(); });
}

size_t StreamRegistry::size() const {
  std::lock_guard lock(mutex_);
  return streams_.size();
}

}  // namespace memmon::api
