#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# in_guest.sh DIR MEMMON_KO: measures and prints "NAME FAIL MAP GETPPID", in instructions an event
set -eu
dir=$1 memmon=$2

measure() { # NAME [-r]
  name=$1
  shift
  echo "$name" "$("$dir/workload" fail 8000 "$@")" "$("$dir/workload" map 8000 "$@")" \
    "$("$dir/workload" getppid 8000 "$@")"
}

measure nothing
insmod "$dir/module/empty_probes.ko" kind=0
measure empty-kprobe
rmmod empty_probes
insmod "$dir/module/empty_probes.ko" kind=1
measure empty-kretprobe
rmmod empty_probes
insmod "$memmon"
measure memmon-closed
measure memmon-recording -r
awk '/^missed/ { if ($2) exit 1 } /^[0-9]/ { if ($4) exit 1 }' /proc/memmon || {
  echo "events were dropped or missed: the figures are worth nothing" >&2
  exit 1
}
# Another process is the one to record: the workload's events are left out.
echo 1 >/sys/module/memmon/parameters/tgid
measure memmon-filtered -r
awk '/^[0-9]/ && $2 != $5 { exit 1 }' /proc/memmon || {
  echo "the filter let events through: the figures are worth nothing" >&2
  exit 1
}
rmmod memmon
