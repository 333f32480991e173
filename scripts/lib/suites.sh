# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The suites of scripts/test. Each prints a report from which its tests are counted:
# TAP (`ok`, `not ok`), ctest's or Vitest's own. A suite that ends badly without a
# failed test, or runs none, counts as one failure: silence is no success.

# count_report FILE: prints "PASSED FAILED".
count_report() {
  awk '
    # A test that was skipped has shown nothing.
    /^ok .*# *(SKIP|T[O]DO)/ { failed++; next }
    /^ok( |$)/ { passed++ }
    /^not ok( |$)/ { failed++ }
    # ctest: "12/40 Test  #12: name ....   Passed    0.01 sec"
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / { if (/   Passed /) passed++; else failed++ }
    END { print passed + 0, failed + 0 }' "$1"
}

# explain_report FILE: what failed, each with what was said of it: below it in TAP, and by ctest. Where
# no test did, how the file ends.
explain_report() {
  awk -v each=40 -v all=400 '
    # Where the next one begins.
    /^(not )?ok( |$)/ || /^1\.\.[0-9]+$/ || /^# .*\.test: [0-9]+ s$/ ||
      /^ *Start +[0-9]+: / || /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / { left = 0 }
    /^not ok( |$)/ || /^ok .*# *(SKIP|T[O]DO)/ ||
      (/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / && !/   Passed /) { left = each; found = 1 }
    left-- > 0 && all-- > 0
    END { exit !found }' "$1" || tail -n 30 "$1"
}

suite_check() { scripts/check; }

# ctest_run PRESET ARGUMENT...
ctest_run() {
  local preset=$1
  shift
  ctest --test-dir "$MEMMON_BUILD/$preset" --output-on-failure --no-tests=error "$@"
}

suite_unit() { scripts/build --quiet tests && ctest_run release -j "$(jobs_wanted)" --label-exclude integration; }

suite_integration() {
  scripts/build --quiet tests && scripts/build --quiet service page &&
    ctest_run release -j "$(jobs_wanted)" --label-regex integration &&
    run_tap_files "$(jobs_wanted)" tests/integration tests/integration/ctl
}

# sanitized PRESET: all tests that are built there, those with a PostgreSQL, too. Each runs under
# tests/sanitizers/watch, so that it fails where a sanitizer reports anything. But for those that hold
# memmond to so much memory: a sanitizer's own, and what it keeps from being used again, are more.
# Nor where there are no file descriptors: UBSan takes a pipe to see whether an object may be read.
sanitized() {
  . scripts/lib/build.sh
  build_cmake "$1" all &&
    ctest_run "$1" -j "$(jobs_wanted)" --label-exclude memory --exclude-regex AfterDescriptorsRanOut
}
# The programs, too, as other programs meet them. reference.test is of what they say of
# themselves, and of docs/: it runs what scripts/reference has built, the release.
sanitized_programs() {
  local file status=0
  local -x MEMMOND=$MEMMON_BUILD/$1/service/memmond MEMMONCTL=$MEMMON_BUILD/$1/ctl/memmonctl
  for file in "$MEMMON_ROOT"/tests/integration/{,ctl/}*.test; do
    [[ ! -x $file || $file == */reference.test ]] || run_tap_file "$file" tests/sanitizers/watch || status=1
  done
  return "$status"
}
# reports_to DIR COMMAND...: and whatever came when its test had ended is told, too.
reports_to() {
  local status=0 reports=$1
  shift
  local -x SANITIZER_REPORTS=$reports
  rm -rf "$reports" && mkdir -p "$reports" || return
  "$@" || status=1
  if [[ $status == 0 && $(find "$reports" -type f -size +0 \
    -exec grep -lvEf "$MEMMON_ROOT/tests/sanitizers/remarks" {} +) ]]; then
    echo "not ok - no report of a sanitizer after the tests ($reports)"
    status=1
  fi
  return "$status"
}
suite_asan() { reports_to "$MEMMON_VAR/log/reports-asan" sanitized asan; }
suite_tsan() { reports_to "$MEMMON_VAR/log/reports-tsan" sanitized tsan; }

# These, and memmond and all that speaks gRPC: a quarter of an hour more of building and running, each.
suite_asan_all() { scripts/build --quiet page && reports_to "$MEMMON_VAR/log/reports-asan_all" sanitized_all asan_all; }
suite_tsan_all() {
  local -x SANITIZER_GRPC=yes
  scripts/build --quiet page && reports_to "$MEMMON_VAR/log/reports-tsan_all" sanitized_all tsan_all
}
sanitized_all() {
  local status=0
  sanitized "$1" || status=1
  sanitized_programs "$1" || status=1
  return "$status"
}

# Every file for itself, as it is not built otherwise: it includes what it needs.
suite_by_file() {
  . scripts/lib/build.sh
  build_cmake by_file memmond && build_cmake by_file memmonctl && echo "ok - every file by itself"
}

# A minute each, from all that was found so far (tests/fuzz/corpus); the same inputs each time, as far
# as a minute takes one. scripts/soak takes others, and longer.
suite_fuzz() { MEMMON_SEED=1 scripts/fuzz 60; }

suite_page() {
  cd webui || return
  # Vitest's TAP nests: files hold groups, which hold tests. "flat" is one line a test.
  npm run --silent test -- --reporter=tap-flat
}

# run_tap_file FILE [COMMAND...]: a file that fails without a failed test to show for it is one
# more failure. COMMAND runs it. What hangs is ended, after MEMMON_FILE_LIMIT seconds, while there is
# time for others; long forms (MEMMON_FULL=1) have no limit.
run_tap_file() {
  local file=$1 name=${1#"$MEMMON_ROOT/"} status=0 output started=$SECONDS
  local limit=${MEMMON_FILE_LIMIT:-2400}
  [[ ${MEMMON_FULL:-} != 1 ]] || limit=0
  shift
  output=$(mktemp "$MEMMON_VAR/log/.tap.XXXXXX")
  timeout --foreground --kill-after=10 "$limit" "$@" "$file" >"$output" 2>&1 </dev/null || status=$?
  if [[ $status == 124 || $status == 137 ]]; then
    printf '\nnot ok - %s did not end within %s s\n' "$name" "$limit" >>"$output"
  elif [[ $status != 0 ]]; then
    grep -q '^not ok' "$output" || echo "not ok - $name ended badly" >>"$output"
  elif ! grep -qE '^(not )?ok' "$output"; then
    status=1
    echo "not ok - $name ran no test" >>"$output"
  fi
  # Whole, whoever else has something to print.
  { flock "$tap_lock"; echo "# $name: $((SECONDS - started)) s"; cat "$output"; } {tap_lock}>"$MEMMON_VAR/log/.tap.lock"
  exec {tap_lock}>&- # else the next one of this shell waits for it
  rm -f "$output"
  return $((status != 0))
}

# run_tap_files JOBS PATH...: every executable *.test that is a PATH or in it, each once, in this
# order, JOBS of them at a time.
run_tap_files() {
  local jobs=$1 file status=0 running=0
  local -A begun=()
  shift
  while IFS= read -r file; do
    [[ ! ${begun[$file]:-} ]] || continue
    begun[$file]=yes
    if [[ $running == "$jobs" ]]; then
      wait -n || status=1
      running=$((running - 1))
    fi
    run_tap_file "$MEMMON_ROOT/$file" &
    running=$((running + 1))
  done < <(cd "$MEMMON_ROOT" && for path in "$@"; do find "$path" -maxdepth 1 -name '*.test' -type f -executable | sort; done)
  while [[ $running -gt 0 ]]; do
    wait -n || status=1
    running=$((running - 1))
  done
  return "$status"
}

suite_scripts() { run_tap_files 1 tests/scripts; }
# A guest is emulated by one thread: two at a time, and first those that take the longest.
suite_kernel() { scripts/build --quiet module && run_tap_files 1 tests/vm && run_tap_files 2 tests/kernel; }
suite_e2e() {
  local status=0
  scripts/build --quiet all || return
  run_tap_files 2 tests/e2e/{package,systemd,host,live-6.1,live-6.12,faults-6.1}.test tests/e2e || status=1
  # What asks for rates of events has both processors.
  run_tap_files 1 tests/e2e/alone || status=1
  return "$status"
}
