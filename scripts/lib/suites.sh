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

suite_check() { scripts/check; }

# ctest_run PRESET ARGUMENT...
ctest_run() {
  local preset=$1
  shift
  ctest --test-dir "$MEMMON_BUILD/$preset" --output-on-failure --no-tests=error "$@"
}

suite_unit() { scripts/build --quiet tests && ctest_run release -j "$(jobs_wanted)" --label-exclude integration; }

suite_integration() {
  scripts/build --quiet tests && scripts/build --quiet service page && ctest_run release --label-regex integration &&
    run_tap_files tests/integration && run_tap_files tests/integration/ctl
}

# tell_reports DIR: each file there as a failed test. Fails where there is one.
tell_reports() {
  local file status=0
  for file in "$1"/*; do
    [[ -s $file ]] || continue
    status=1
    echo "not ok - no report of a sanitizer (${file##*/})"
    sed 's/^/# /' "$file"
  done
  return "$status"
}

# sanitized PRESET: all tests that are built there, those with a PostgreSQL, too. Whatever a
# sanitizer reports goes to a file, and each file is a failure, whoever looks at how its program ended.
sanitized() {
  . scripts/lib/build.sh
  local preset=$1 reports=$MEMMON_VAR/log/reports-$1 status=0
  rm -rf "$reports" && mkdir -p "$reports" || return
  build_cmake "$preset" all || return
  # UBSan's library has options of its own, beside ASan's too.
  export ASAN_OPTIONS="detect_stack_use_after_return=1:log_path=$reports/asan"
  export UBSAN_OPTIONS="print_stacktrace=1:log_path=$reports/ubsan"
  export LSAN_OPTIONS="suppressions=$MEMMON_ROOT/tests/sanitizers/leaks.supp:print_suppressions=0"
  export TSAN_OPTIONS="halt_on_error=1:log_path=$reports/tsan"
  ctest_run "$preset" || status=1
  tell_reports "$reports" || status=1
  return "$status"
}
suite_asan() { (sanitized asan); }
suite_tsan() { (sanitized tsan); }

# A minute each, of the same inputs each time, as far as a minute takes one. scripts/soak
# takes others, and longer.
suite_fuzz() { MEMMON_SEED=1 scripts/fuzz 60; }

suite_page() {
  cd webui || return
  # Vitest's TAP nests: files hold groups, which hold tests. "flat" is one line a test.
  npm run --silent test -- --reporter=tap-flat
}

# run_tap_file FILE: a file that fails without a failed test to show for it is one more
# failure.
run_tap_file() {
  local file=$1 name=${1#"$MEMMON_ROOT/"} status=0 output
  output=$(mktemp "$MEMMON_VAR/log/.tap.XXXXXX")
  "$file" >"$output" 2>&1 </dev/null || status=1
  if [[ $status != 0 ]]; then
    grep -q '^not ok' "$output" || echo "not ok - $name ended badly" >>"$output"
  elif ! grep -qE '^(not )?ok' "$output"; then
    status=1
    echo "not ok - $name ran no test" >>"$output"
  fi
  # Whole, whoever else has something to print.
  { flock "$tap_lock"; echo "# $name"; cat "$output"; } {tap_lock}>"$MEMMON_VAR/log/.tap.lock"
  rm -f "$output"
  return "$status"
}

# run_tap_files DIR [JOBS]: every executable DIR/*.test, JOBS of them at a time (1).
run_tap_files() {
  local file status=0 jobs=${2:-1} running=0
  for file in "$MEMMON_ROOT/$1"/*.test; do
    [[ -x $file ]] || continue
    if [[ $running == "$jobs" ]]; then
      wait -n || status=1
      running=$((running - 1))
    fi
    run_tap_file "$file" &
    running=$((running + 1))
  done
  while [[ $running -gt 0 ]]; do
    wait -n || status=1
    running=$((running - 1))
  done
  return "$status"
}

suite_scripts() { run_tap_files tests/scripts; }
# A guest is emulated by one thread: two at a time.
suite_kernel() { scripts/build --quiet module && run_tap_files tests/vm && run_tap_files tests/kernel 2; }
suite_e2e() { scripts/build --quiet all && run_tap_files tests/e2e 2; }
