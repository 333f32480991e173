# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests in a guest: a systemd there, and what one asks of memmond under it.

# systemd_up: systemd as the first process of a namespace, with udev and nothing else to
# begin with. Ends when it can be asked.
systemd_up() {
  local unit unshare
  printf '[Unit]\nDescription=test\nDefaultDependencies=no\nRequires=systemd-udevd.service\n' >/etc/systemd/system/test.target
  # A whole machine's devices, clocks and file systems are not what this is about.
  for unit in systemd-udev-trigger.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount \
    systemd-journal-catalog-update.service systemd-hwdb-update.service sys-kernel-config.mount \
    sys-fs-fuse-connections.mount modprobe@configfs.service modprobe@fuse.service; do
    ln -sf /dev/null "/etc/systemd/system/$unit"
  done
  unshare --pid --fork --mount --cgroup --mount-proc --kill-child \
    /lib/systemd/systemd --unit=test.target --log-target=kmsg </dev/null >/dev/null 2>&1 &
  unshare=$!
  until systemd=$(pgrep -P "$unshare"); do sleep 0.1; done
  until sd systemctl is-system-running 2>&1 | grep -qE "running|degraded"; do sleep 0.2; done
}
# sd COMMAND...: where that systemd is.
sd() { nsenter --target "$systemd" --pid --mount --cgroup -- "$@"; }
# property NAME: of memmond's unit.
property() { sd systemctl show -P "$1" memmond; }
# metrics: what memmond answers at /metrics.
metrics() {
  (exec 3<>/dev/tcp/127.0.0.1/8080 &&
    printf 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3 && cat <&3) 2>/dev/null
}
# source_is_live: once memmond reads the module; fails where memmond ends before.
source_is_live() {
  local answer
  until answer=$(metrics) && [[ $answer == *$'\nmemmon_source_live 1'* ]]; do
    [[ $(property ActiveState) == active ]] || return
    sleep 0.2
  done
}
