#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/bench/web.sh: events a second by gRPC-Web against native gRPC; what the page's
# first load takes, compressed, against its budget; and the page in Chromium under load
# (web_page.mjs, which says how).
# Its last line says how many of the goals were met, those before it which not; with
# --strict that is a failure.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/build.sh"
. "$MEMMON_ROOT/scripts/lib/goals.sh"
strict=${1:-}
readonly budget=$((200 * 1024))
build_cmake release memmon_web_bench
"$MEMMON_BUILD/release/tests/bench/memmon_web_bench"

build_page
cd "$MEMMON_ROOT/webui/dist"
# What index.html names, the fonts, and one dictionary, of which Spanish is the
# larger; each as a browser gets it.
first=0
for file in index.html $(grep -oE '(src|href)="/[^"]+' index.html | cut -d/ -f2-) assets/*.woff2 assets/es-*.js; do
  [[ ! -e $file.gz ]] || file=$file.gz
  first=$((first + $(stat -c %s "$file")))
done
awk -v first=$first -v budget=$budget 'BEGIN {
  printf "first load        %12d bytes, compressed\nbudget            %12d bytes\n", first, budget
  printf "ratio             %12.2f\n", first / budget
}'
((first <= budget)) || die "the first load is over its budget"

cd "$MEMMON_ROOT"
build_cmake release memmond
build_cmake release memmon_bench_recording
build_cmake release memmon_bench_live
node tests/bench/web_page.mjs "$MEMMON_BUILD/release/tests/bench" | tee "$MEMMON_VAR/log/bench-web"
tell_goals "$MEMMON_VAR/log/bench-web" || [[ $strict != --strict ]]
