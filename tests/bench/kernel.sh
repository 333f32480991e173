#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/kernel.sh [V]...: instructions an event, in a guest where 1 ns is one
# instruction, against probes that do nothing. The kernels are all of them, or V.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
[[ $# -gt 0 ]] || set -- 6.1 6.12

for v; do
  dir=$root/build/bench/kernel/$v
  mkdir -p "$dir"
  "$root/scripts/build" --quiet module --kernel "$v"
  release=$(modinfo -F vermagic "$root/build/kmod/$v/memmon.ko")
  {
    make -s -C "$root/tests/bench/kernel" OUT="$dir"
    make -s -C "$root/tests/modules" OUT="$dir/module" KVER="${release%% *}"
  } >"$dir/build.log" 2>&1 || { cat "$dir/build.log" >&2; exit 1; }
  "$root/scripts/vm" --kernel "$v" --icount -- sh "$root/tests/bench/kernel/in_guest.sh" "$dir" \
    "$root/build/kmod/$v/memmon.ko" >"$dir/figures"
  echo "Linux $v: instructions an event; extra = more than nothing; ratio = extra to the empty kretprobe's"
  awk '
    { name[NR] = $1; fail[NR] = $2; map[NR] = $3; other[NR] = $4; row[$1] = NR }
    END {
      n = row["nothing"]; base = fail[row["empty-kretprobe"]] - fail[n]
      printf "  %-18s %9s %9s %7s %9s %16s\n", "", "fail", "extra", "ratio", "map", "other call extra"
      for (i = 1; i <= NR; i++)
        printf "  %-18s %9.1f %9.1f %7.2f %9.1f %16.1f\n", name[i], fail[i], fail[i] - fail[n],
          (fail[i] - fail[n]) / base, map[i], other[i] - other[n]
      recorded = fail[row["memmon-recording"]] - fail[n]
      printf "  an event that is left out costs %.2f of one that is recorded\n",
        (fail[row["memmon-filtered"]] - fail[n]) / recorded
    }' "$dir/figures"
done
