# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For tests written in bash: what they print is TAP. Sourcing this leads to the
# project's root, and gives a directory $work that goes with the test.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
root=$PWD
mkdir -p var
work=$(mktemp -d "$root/var/test.XXXXXX")
# What a test that failed half-way has begun is not left behind.
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
number=0

# check NAME COMMAND...: a test; where it fails, what $work/out and $work/err end with
# is shown.
check() {
  local name=$1
  shift
  number=$((number + 1))
  if "$@"; then
    echo "ok $number - $name"
  else
    echo "not ok $number - $name"
    tail -n 40 "$work/out" "$work/err" 2>/dev/null | sed 's/^/# /'
  fi
}
# said PATTERN: a line of $work/out has it (an extended regular expression).
said() { grep -qE -- "$1" "$work/out"; }
# done_testing: the last line of all.
done_testing() { echo "1..$number"; }
