#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# in_guest.sh DIR MEMMON_KO CONSUMER: measures, and prints
#   row NAME FAIL MAP GETPPID            instructions an event, on the producer's side
#   consumer READ DECODE                 instructions an event, on the consumer's
#   latency GAP_US P50_US P99_US WAKEUPS
set -eu
dir=$1 memmon=$2 consumer=$3

measure() { # NAME [-r]
  name=$1
  shift
  echo "row $name" "$("$dir/workload" fail 8000 "$@")" "$("$dir/workload" map 8000 "$@")" \
    "$("$dir/workload" getppid 8000 "$@")"
}
worthless() {
  echo "$1: the figures are worth nothing" >&2
  exit 1
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
awk '/^missed/ && $2 || /^[0-9]+ +[0-9]/ && $4 { exit 1 }' /proc/memmon ||
  worthless "events were dropped or missed"
# Another process is the one to record: the workload's events are left out.
echo 1 >/sys/module/memmon/parameters/tgid
measure memmon-filtered -r
awk '/^[0-9]+ +[0-9]/ && $2 != $5 { exit 1 }' /proc/memmon || worthless "the filter let events through"
echo 0 >/sys/module/memmon/parameters/tgid

echo "consumer $("$consumer")"
for gap in 10000 100; do
  echo "latency $gap $("$dir/trickle" 500 $gap)"
done
rmmod memmon
