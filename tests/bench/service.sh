#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/service.sh: rows a second into PostgreSQL against a bare libpq COPY
# and against INSERTs; a minute of them, with memory and CPU; how long questions about
# the past take; events a second to one subscriber against a bare gRPC stream,
# and to 50 beside 50 that have stopped reading; how late an event is at a client;
# what reading resident sizes costs; and what exact totals cost an event.
# Its last line says how many of the goals were met (tests/bench/goal.h), those before it
# which not; with --strict that is a failure.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/build.sh"
. "$MEMMON_ROOT/scripts/lib/goals.sh"
strict=${1:-}
for bench in store sustained history stream stalled latency resident table; do
  build_cmake release "memmon_${bench}_bench"
done
say "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) CPUs"
for bench in store sustained history stream stalled latency resident table; do
  "$MEMMON_BUILD/release/tests/bench/memmon_${bench}_bench"
done | tee "$MEMMON_VAR/log/bench-service"
tell_goals "$MEMMON_VAR/log/bench-service" || [[ $strict != --strict ]]
