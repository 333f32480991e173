#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/kernel.sh [--peers] [--strict] [V]...: what an event costs the process that
# makes it, the one that reads it, and how long it takes from one to the other and to a
# client of memmond, in guests where 1 ns is one instruction, so that a busy machine makes
# no difference. With --peers, other tracers beside memmon. The kernels are all of them, or V.
# Its last line says how many of the goals were met, those before it which not; with
# --strict that is a failure.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/build.sh"
. "$MEMMON_ROOT/scripts/lib/goals.sh"
readonly here=$MEMMON_ROOT/tests/bench/kernel

# Adds awk's goal(): a line with a figure that is to be `limit` at most.
readonly goals=$goals_awk'
  function goal(text, figure, limit) {
    printf "  %-66s %7.2f %s\n", text ":", figure, at_most(figure, limit)
  }'

# lines WORD: those of the figures that begin with it, without it.
lines() { sed -n "s/^$1 //p" "$dir/figures"; }

print_rows() {
  lines row | awk "$goals"'
    function distance(figure) { return figure < 0 ? -figure : figure }
    { name[NR] = $1; fail[NR] = $2; map[NR] = $3; other[NR] = $4; row[$1] = NR }
    END {
      n = row["nothing"]; base = fail[row["empty-kretprobe"]] - fail[n]
      printf "  %-18s %9s %9s %7s %9s %16s\n", "producer", "fail", "extra", "ratio", "map", "other call extra"
      for (i = 1; i <= NR; i++)
        printf "  %-18s %9.1f %9.1f %7.2f %9.1f %16.1f\n", name[i], fail[i], fail[i] - fail[n],
          (fail[i] - fail[n]) / base, map[i], other[i] - other[n]
      recorded = fail[row["memmon-recording"]] - fail[n]
      goal("an event that is recorded costs, of an empty return probe", recorded / base, 1)
      goal("one that is left out, of one that is recorded",
        (fail[row["memmon-filtered"]] - fail[n]) / recorded, 0.4)
      goal("instructions more or less where the module is loaded, and closed",
        distance(fail[row["memmon-closed"]] - fail[n]), 1)
      goal("the same of a call that nobody probes, while others are recorded",
        distance(other[row["memmon-recording"]] - other[n]), 1)
      print ""
    }'
}

print_consumer() {
  local recorded
  recorded=$(lines row | awk '$1 == "nothing" { n = $2 } $1 == "memmon-recording" { print $2 - n }')
  lines consumer | awk -v recorded="$recorded" "$goals"'{
    printf "  %-18s %9s %9s %9s\n", "consumer", "read()", "decoder", "together"
    printf "  %-18s %9.1f %9.1f %9.1f\n", "memmon", $1, $2, $1 + $2
    printf "  an mmapped ring would save less than read(): %.2f of it\n", $1 / ($1 + $2)
    goal("instructions of an event from the ring to a decoded batch", $1 + $2, 150)
    goal("the same with those of the process that makes it", $1 + $2 + recorded, 700)
    print ""
  }'
}

print_latency() {
  printf '  %-18s %9s %9s %28s\n' "record to read()" "p50, us" "p99, us" "wake-ups in 10 s of silence"
  lines latency | awk "$goals"'
    { printf "  %-18s %9.1f %9.1f %28d\n", "one in " $1 " us", $2, $3, $4
      if ($1 >= 10000) half = $2  # the reader sleeps; else it waits for its millisecond to be over
      if ($3 > nearly_all) nearly_all = $3
      wakeups += $4 }
    END {
      goal("us from the record to a reader that sleeps, half within", half, 200)
      goal("us from the record to any reader, 99 of 100 within", nearly_all, 2000)
      goal("wake-ups in silence", wakeups, 0)
      print ""
    }'
}

# Virtual CPUs take turns, so the time that goes by is the sum of all of theirs.
print_scale() {
  awk "$goals"'
    BEGIN { printf "  %-18s %9s %9s %9s %7s\n", "CPUs busy at once", "nothing", "recording", "extra", "ratio" }
    { extra = $3 - $2; if (NR == 1) one = extra
      printf "  %-18d %9.1f %9.1f %9.1f %7.2f\n", $1, $2, $3, extra, extra / one
      if (extra / one > most) most = extra / one }
    END {
      goal("an event costs where several CPUs record, of one CPU'"'"'s", most, 1.2)
      print ""
    }' "$dir/figures-scale"
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

# measure V: all of it on that kernel.
measure() {
  local v=$1 dir memmon release
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
  guest --smp 2 -- sh "$here/whole_path.sh" "$memmon" "$MEMMON_BUILD/release/service/memmond" \
    "$MEMMON_BUILD/release/tests/bench/memmon_latency_bench" >"$dir/figures-path"
  echo "Linux $v: instructions an event; extra = more than nothing; ratio = extra to the empty kretprobe's"
  print_rows
  print_consumer
  print_latency
  print_scale
  sed 's/^/  /' "$dir/figures-path"
  echo
  if [[ $peers ]]; then
    "$here/build_peers.sh" "$v" >"$dir/peers-built"
    guest -- bash "$here/peers.sh" "$dir" "$memmon" >"$dir/figures-peers"
    cat "$dir/peers-built" >>"$dir/figures-peers"
    print_peers
  fi
}

peers='' strict='' kernels=()
for word; do
  case $word in
    --peers) peers=yes ;;
    --strict) strict=yes ;;
    *) kernels+=("$word") ;;
  esac
done
[[ ${#kernels[@]} -gt 0 ]] || kernels=("${MEMMON_KERNELS[@]}")
for target in memmond memmon_consumer_bench memmon_latency_bench; do build_cmake release "$target"; done
mkdir -p "$MEMMON_VAR/log"
for v in "${kernels[@]}"; do measure "$v"; done | tee "$MEMMON_VAR/log/bench-kernel"
[[ $peers ]] || echo "other tracers beside memmon: scripts/bench --peers kernel"
tell_goals "$MEMMON_VAR/log/bench-kernel" || [[ ! $strict ]]
