#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/kernel.sh [--peers] [V]...: what an event costs the process that makes
# it, the one that reads it, and how long it takes from one to the other, in guests
# where 1 ns is one instruction, so that a busy machine makes no difference. With
# --peers, other tracers beside memmon. The kernels are all of them, or V.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/build.sh"
readonly here=$MEMMON_ROOT/tests/bench/kernel

# lines WORD: those of the figures that begin with it, without it.
lines() { sed -n "s/^$1 //p" "$dir/figures"; }

print_rows() {
  lines row | awk '
    { name[NR] = $1; fail[NR] = $2; map[NR] = $3; other[NR] = $4; row[$1] = NR }
    END {
      n = row["nothing"]; base = fail[row["empty-kretprobe"]] - fail[n]
      printf "  %-18s %9s %9s %7s %9s %16s\n", "producer", "fail", "extra", "ratio", "map", "other call extra"
      for (i = 1; i <= NR; i++)
        printf "  %-18s %9.1f %9.1f %7.2f %9.1f %16.1f\n", name[i], fail[i], fail[i] - fail[n],
          (fail[i] - fail[n]) / base, map[i], other[i] - other[n]
      recorded = fail[row["memmon-recording"]] - fail[n]
      printf "  an event that is left out costs %.2f of one that is recorded\n\n",
        (fail[row["memmon-filtered"]] - fail[n]) / recorded
    }'
}

print_consumer() {
  lines consumer | awk '{
    printf "  %-18s %9s %9s %9s\n", "consumer", "read()", "decoder", "together"
    printf "  %-18s %9.1f %9.1f %9.1f\n", "memmon", $1, $2, $1 + $2
    printf "  an mmapped ring would save less than read(): %.2f of it\n\n", $1 / ($1 + $2)
  }'
}

print_latency() {
  printf '  %-18s %9s %9s %28s\n' "record to read()" "p50, us" "p99, us" "wake-ups in 10 s of silence"
  lines latency | awk '{ printf "  %-18s %9.1f %9.1f %28d\n", "one in " $1 " us", $2, $3, $4 } END { print "" }'
}

# Virtual CPUs take turns, so the time that goes by is the sum of all of theirs.
print_scale() {
  awk '
    BEGIN { printf "  %-18s %9s %9s %9s %7s\n", "CPUs busy at once", "nothing", "recording", "extra", "ratio" }
    { extra = $3 - $2; if (NR == 1) one = extra
      printf "  %-18d %9.1f %9.1f %9.1f %7.2f\n", $1, $2, $3, extra, extra / one }
    END { print "" }' "$dir/figures-scale"
}

print_peers() {
  awk '
    $2 == "-" { why = $0; sub(/^[^ ]+ - /, "", why); words[++count] = $1; said[$1] = why; next }
    { words[++count] = $1; fail[$1] = $2; other[$1] = $3; kept[$1] = $4; issued[$1] = $5; delivered[$1] = $6 }
    END {
      base = fail["empty-kretprobe"] - fail["nothing"]; memmon = fail["memmon"] - fail["nothing"]
      printf "  %-16s %8s %9s %8s %11s %8s %10s %7s\n", "tracer", "extra", "kretprobe", "memmon",
        "other call", "issued", "delivered", "lost"
      for (i = 1; i <= count; i++) {
        name = words[i]
        if (name in said) { printf "  %-16s %s\n", name, said[name]; continue }
        extra = fail[name] - fail["nothing"]
        printf "  %-16s %8.1f %9.2f %8.2f %11.1f", name, extra, extra / base, extra / memmon,
          other[name] - other["nothing"]
        if (issued[name]) {
          printf " %8d %10d %6.1f%%", issued[name], delivered[name], 100 * (1 - delivered[name] / issued[name])
          if (kept[name] != 10000) printf "  (and %d of 10000 while its cost was measured)", 10000 - kept[name]
        }
        print ""
      }
      print ""
    }' "$dir/figures-peers"
}

peers=''
if [[ ${1:-} == --peers ]]; then
  peers=yes
  shift
fi
[[ $# -gt 0 ]] || set -- "${MEMMON_KERNELS[@]}"
build_cmake release memmon_consumer_bench
for v; do
  dir=$MEMMON_BUILD/bench/kernel/$v
  mkdir -p "$dir"
  "$MEMMON_ROOT/scripts/build" --quiet module --kernel "$v"
  memmon=$MEMMON_BUILD/kmod/$v/memmon.ko
  release=$(modinfo -F vermagic "$memmon")
  {
    make -s -C "$here" OUT="$dir"
    make -s -C "$MEMMON_ROOT/tests/modules" OUT="$dir/module" KVER="${release%% *}"
  } >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
  guest() { "$MEMMON_ROOT/scripts/vm" --kernel "$v" --icount "$@"; }

  guest -- sh "$here/in_guest.sh" "$dir" "$memmon" \
    "$MEMMON_BUILD/release/tests/bench/memmon_consumer_bench" >"$dir/figures"
  guest --smp 8 -- sh "$here/scale.sh" "$dir" "$memmon" >"$dir/figures-scale"
  echo "Linux $v: instructions an event; extra = more than nothing; ratio = extra to the empty kretprobe's"
  print_rows
  print_consumer
  print_latency
  print_scale
  if [[ $peers ]]; then
    "$here/build_peers.sh" "$v" >"$dir/peers-built"
    guest -- bash "$here/peers.sh" "$dir" "$memmon" >"$dir/figures-peers"
    cat "$dir/peers-built" >>"$dir/figures-peers"
    print_peers
  fi
done
[[ $peers ]] || echo "other tracers beside memmon: scripts/bench --peers kernel"
