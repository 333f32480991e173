// SPDX-License-Identifier: Apache-2.0

#include "processes/container.h"

#include <gtest/gtest.h>
#include <pwd.h>

#include <string>

#include "processes/user_names.h"

namespace memmon::processes {
namespace {

const std::string kId = "3f2a9d1e5c7b8a604f1e2d3c4b5a69788796a5b4c3d2e1f0a1b2c3d4e5f60718";

TEST(ContainerTest, OfContainers) {
  const auto docker = "docker-" + kId + ".scope";
  EXPECT_EQ(ContainerOf("0::/system.slice/" + docker + "\n"), docker);
  EXPECT_EQ(ContainerOf("0::/docker/" + kId + "\n"), kId);
  const auto podman = "libpod-" + kId + ".scope";
  EXPECT_EQ(ContainerOf("0::/user.slice/user-1000.slice/user@1000.service/user.slice/" + podman +
                        "/container\n"),
            podman);
  EXPECT_EQ(ContainerOf("0::/machine.slice/" + podman + "\n"), podman);
  const auto kubernetes = "cri-containerd-" + kId + ".scope";
  EXPECT_EQ(ContainerOf("0::/kubepods.slice/kubepods-burstable.slice/"
                        "kubepods-burstable-pod1c2d.slice/" +
                        kubernetes + "\n"),
            kubernetes);
  EXPECT_EQ(ContainerOf("0::/kubepods/besteffort/pod1c2d-33/" + kId + "\n"), kId);
  EXPECT_EQ(ContainerOf("0::/lxc.payload.web/system.slice/nginx.service\n"), "lxc.payload.web");
  EXPECT_EQ(ContainerOf("0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator\n"),
            "machine-qemu\\x2d1\\x2dvm.scope");
  // systemd within a container.
  EXPECT_EQ(ContainerOf("0::/system.slice/" + docker + "/system.slice/ssh.service\n"), docker);
}

TEST(ContainerTest, OfUnits) {
  EXPECT_EQ(ContainerOf("0::/system.slice/ssh.service\n"), "ssh.service");
  EXPECT_EQ(ContainerOf("0::/user.slice/user-1000.slice/session-3.scope\n"), "session-3.scope");
  EXPECT_EQ(ContainerOf("0::/user.slice/user-1000.slice/user@1000.service/app.slice/"
                        "app-gnome-firefox-4242.scope\n"),
            "app-gnome-firefox-4242.scope");
  EXPECT_EQ(ContainerOf("0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n"),
            "postgresql@15-main.service");
  EXPECT_EQ(ContainerOf("0::/system.slice/docker.service (deleted)\n"), "docker.service");
  EXPECT_EQ(ContainerOf("0::/init.scope\n"), "init.scope");
  EXPECT_EQ(ContainerOf("0::/machine.slice/libpod-conmon-" + kId + ".scope\n"),
            "libpod-conmon-" + kId + ".scope");
}

TEST(ContainerTest, OfNone) {
  for (const char* text : {"", "\n", "0::/\n", "0::/user.slice\n", "0::/mine/deep\n", "garbage"}) {
    EXPECT_EQ(ContainerOf(text), "") << text;
  }
}

TEST(ContainerTest, OfTheFirstVersionOfCgroups) {
  EXPECT_EQ(ContainerOf("12:memory:/docker/x\n1:name=systemd:/system.slice/cron.service\n0::/\n"),
            "");
  EXPECT_EQ(ContainerOf("12:memory:/a.service\n1:name=systemd:/system.slice/cron.service\n"),
            "cron.service");
}

TEST(UserNamesTest, AreThoseOfTheMachine) {
  UserNames names;
  EXPECT_EQ(names.Of(0), "root");
  EXPECT_EQ(names.Of(0), "root");
  // No machine has it: it is (uid_t)-2's neighbour and not nobody.
  ASSERT_EQ(getpwuid(0xfffffff0), nullptr);
  EXPECT_EQ(names.Of(0xfffffff0), "");
}

}  // namespace
}  // namespace memmon::processes
