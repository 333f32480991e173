// SPDX-License-Identifier: Apache-2.0
//
// memmon_bench_live WEB_ROOT
//
// memmond's streams and page over events that happen now, fifty a second, until
// standard input ends. Prints the web port. Each event maps memory at the address that
// is the time it happened, µs since 1970: whoever shows it can be told how late it is.

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "api/server.h"
#include "batch.h"
#include "streams.h"
#include "web/server.h"

namespace memmon::bench {
namespace {

constexpr int kEveryMs = 20;

int64_t UnixNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

model::SharedBatch Now(const std::shared_ptr<const model::Capture>& capture, uint64_t number) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.sequence = number;
  const int64_t now_ns = UnixNs();
  event.time_ns = static_cast<uint64_t>(now_ns - capture->realtime_offset_ns);
  event.tgid = event.tid = 1'000 + static_cast<uint32_t>(number % 5);
  event.start_ns = event.tgid;
  event.mm_id = event.tgid;
  event.ticket = number;
  event.result = now_ns / 1'000;
  event.length_bytes = event.virtual_size_bytes = 4'096;
  event.comm = {'l', 'i', 'v', 'e'};
  batch->events.push_back(event);
  return batch;
}

int Main(const char* web_root) {
  pipeline::PumpStatus status;
  status.state = pipeline::SourceState::kLive;
  status.capture = MakeCapture();
  Service service({}, nullptr, status);
  web::Handlers handlers;
  handlers.metrics = [] { return std::string(); };
  handlers.memory_logs = [](size_t, size_t) { return live::RecentPage(); };
  handlers.api = service.api->InProcessChannel();
  web::ServerOptions options;
  options.web_root = web_root;
  auto web = web::Server::Start(options, std::move(handlers));
  if (!web.ok()) Fail(web.status().ToString());
  printf("%u\n", unsigned{(*web)->port()});
  fflush(stdout);
  pollfd input{STDIN_FILENO, POLLIN, 0};
  for (uint64_t number = 0; poll(&input, 1, kEveryMs) == 0; ++number) {
    const auto batch = Now(status.capture, number);
    service.processes.Take(batch);
    service.feed.Take(batch);
  }
  (*web)->CloseApi();
  (*web)->Stop(std::chrono::milliseconds(100));
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main(int argc, char** argv) {
  if (argc != 2) memmon::bench::Fail("usage: memmon_bench_live WEB_ROOT");
  return memmon::bench::Main(argv[1]);
}
