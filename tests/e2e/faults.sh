# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What goes wrong in the guest, for faults.mjs; read by guest.sh's shell, whose names
# it uses ($work, $memmond, $database).

# load_module FILE: with rings so small that a reader that stands still loses records.
load_module() {
  insmod "$1" ring_records=2048
}

# A disk of its own for the spool, and a spool that a flood of calls fills.
make_spool_disk() {
  mkdir -p "$work/disk" && mount -t tmpfs -o size=48M spool "$work/disk"
}

start_spooling_memmond() {
  start_memmond --spool-dir "$work/disk/spool" --spool-bytes 16M
}

kill_memmond() {
  kill -9 "$memmond"
  wait "$memmond"
  true
}

# Status 0: it ended by itself, and well.
stop_memmond() {
  kill -TERM "$memmond" && wait "$memmond"
}

# What the module has numbered in this capture, or in the last: "CPU DELIVERED ALL", a CPU a line.
numbered() {
  awk '/^kind/ { exit } /^[0-9]/ { print $1, $3, $3 + $4 }' /proc/memmon
}

# Records that found no room.
dropped() {
  awk '/^kind/ { exit } /^[0-9]/ { n += $4 } END { print n + 0 }' /proc/memmon
}

resident_kib() {
  awk '/^VmRSS/ { print $2 }' "/proc/$memmond/status"
}

# signal_database SIGNAL: to the server and all of its processes.
signal_database() {
  local server
  server=$(head -n 1 "$work/db/data/postmaster.pid") || return
  # One of them may have ended meanwhile.
  # shellcheck disable=SC2046
  kill "-$1" "$server" $(pgrep -P "$server") 2>/dev/null
  true
}

# A server that was killed takes a moment to let go of its memory.
revive_database() {
  until postgres_start "$work/db" >/dev/null 2>&1; do sleep 0.2; done
}

cut_connections() {
  sql "select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
}

# Leaves the spool's disk without room for a frame.
fill_disk() {
  dd if=/dev/zero of="$work/disk/ballast" bs=4k status=none 2>/dev/null
  true
}

empty_disk() {
  rm -f "$work/disk/ballast"
}

# Processes that come, exec and go, some of a fork alone, until end_load.
start_load() {
  touch "$work/loaded"
  while [[ -e $work/loaded ]]; do
    (: a fork that is no exec)
    /bin/sh -c 'exec /bin/true'
    sleep 0.3
  done >/dev/null 2>&1 &
  churn=$!
  local name
  for name in load1 load2; do
    start_known "$name" 65536 -65536
    ask_known "$name" 1000000000 "$1" >/dev/null &
  done
}

end_load() {
  rm -f "$work/loaded"
  # shellcheck disable=SC2154
  kill "$known_load1" "$known_load2"
  wait "$churn" "$known_load1" "$known_load2" 2>/dev/null
  true
}

# A client in a network of its own, which it is cut off from without a word.
start_far_client() {
  modprobe veth && ip netns add far && ip link add near type veth peer name far netns far &&
    ip addr add 10.9.0.1/24 dev near && ip link set near up &&
    ip -n far addr add 10.9.0.2/24 dev far && ip -n far link set far up || return
  ip netns exec far build/release/ctl/memmonctl --address 10.9.0.1:50051 events -f >/dev/null 2>&1 &
  far=$!
}

cut_far_client() {
  ip link del near
  kill -9 "$far"
  wait "$far" 2>/dev/null
  ip netns del far
}

# From then on `syncs` says how often a file of the disk's began to be made safe.
trace_syncs() {
  local tracing=/sys/kernel/tracing
  [[ -e $tracing/trace ]] || mount -t tracefs tracefs "$tracing" || return
  echo 'datasync == 1' >"$tracing/events/ext4/ext4_sync_file_enter/filter" &&
    echo 1 >"$tracing/events/ext4/ext4_sync_file_enter/enable"
}

syncs() {
  grep -c ext4_sync_file_enter: /sys/kernel/tracing/trace
  true
}

# tear SPOOL: its newest file ends in zeros, as a file system may leave it.
tear() {
  local files=("$1"/*.events)
  head -c 4096 /dev/zero >>"${files[-1]}"
}

# Every number of every capture and CPU (-1: none) up to the last that is told: how
# often it is told by a row, by a LOST row or by a row of memmon.loss. HEADER, the first
# number of CPU -1, is the row of the capture. A line for each:
# "START_NS NUMBER CPU NEXT MISSING TWICE LOST DROPPED ROW", ROW being the capture's.
told() {
  sql "
    with told as (
      select capture_row, cpu, sequence::numeric as first, sequence + coalesce(lost_count, 1) - 1 as last,
        coalesce(lost_count, 0) as lost, 0 as dropped from memmon.event
      union all
      select capture_row, cpu, first_sequence, last_sequence, 0, event_count from memmon.loss
      union all
      select capture_row, -1, 0, 0, 0, 0 from memmon.capture),
    ordered as (
      select *, coalesce(max(last) over (partition by capture_row, cpu order by first, last
        rows between unbounded preceding and 1 preceding), -1) as before from told)
    select start_ns, number, cpu, max(last) + 1, sum(greatest(first - before - 1, 0)),
      count(*) filter (where first <= before), sum(lost), sum(dropped), capture_row
    from ordered join memmon.capture using (capture_row)
    group by capture_row, start_ns, number, cpu order by start_ns, cpu" | tr '|' ' '
}
