// SPDX-License-Identifier: Apache-2.0
//
// What is answered while the database stands still.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "fakes/fake_store.h"
#include "server_fixture.h"

namespace memmon::api {
namespace {

class ServerStoreTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerOptions options;
    options.access.open_details = true;
    auto server = Server::Start(options, {[] { return pipeline::PumpStatus(); }, &processes_,
                                          &feed_, &still_store_, "test"});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override { server_.reset(); }

  fakes::FakeStore still_store_;
};

TEST_F(ServerStoreTest, AnAddressSpaceWaitsForNoDatabase) {
  constexpr size_t kAtWork = 2;
  still_store_.SetStandsStill(true);
  const auto client = Client();
  std::vector<std::thread> askers;
  for (size_t i = 0; i < kAtWork + 1; ++i) {
    askers.emplace_back([&] {
      grpc::ClientContext context;
      v1::GetActivityResponse activity;
      EXPECT_TRUE(client->GetActivity(&context, {}, &activity).ok());
    });
  }
  while (still_store_.waiting() < kAtWork) std::this_thread::yield();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  v1::GetAddressSpaceRequest request;
  request.mutable_process()->set_pid(1);
  v1::GetAddressSpaceResponse space;
  // That of a recording: it was asked for.
  EXPECT_EQ(client->GetAddressSpace(&context, request, &space).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  still_store_.SetStandsStill(false);
  for (auto& asker : askers) asker.join();
}

}  // namespace
}  // namespace memmon::api
