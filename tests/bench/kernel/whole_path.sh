#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# whole_path.sh MEMMON_KO MEMMOND LATENCY: how late an event is at a client of memmond,
# from the call's return on, at rates up to that of the goals. Prints what LATENCY does.
set -eu
insmod "$1"
log=$(mktemp)
"$2" --device /dev/memmon --grpc-address 127.0.0.1:50051 --web-address 127.0.0.1:0 \
  --open-details yes >"$log" 2>&1 &
memmond=$!
"$3" 50051 100 1000 10000 || {
  cat "$log" >&2
  exit 1
}
kill "$memmond"
wait "$memmond"
awk '/^missed/ && $2 || /^[0-9]+ +[0-9]/ && $4 { exit 1 }' /proc/memmon || {
  echo "events were dropped or missed: the figures are worth nothing" >&2
  exit 1
}
rmmod memmon
