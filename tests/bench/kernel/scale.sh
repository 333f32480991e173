#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scale.sh DIR MEMMON_KO: prints "CPUS NOTHING RECORDING", in instructions an event
# while so many CPUs make events at once. Nothing: the module is loaded, and closed.
set -eu
insmod "$2"
for cpus in 1 4 8; do
  echo "$cpus $("$1/scale" $cpus fail 2000) $("$1/scale" $cpus fail 2000 -r)"
done
awk '/^missed/ && $2 || /^[0-9]+ +[0-9]/ && $4 { exit 1 }' /proc/memmon || {
  echo "events were dropped or missed: the figures are worth nothing" >&2
  exit 1
}
rmmod memmon
