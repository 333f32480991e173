# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Goals of benchmarks: figures that say themselves "(goal: …, met)" or "(goal: …, not
# met)" at the end of their line (tests/bench/goal.h; those that awk prints: goals_awk).

# An awk function: what is told beside `figure` where it is to be `limit` at most.
# shellcheck disable=SC2034
readonly goals_awk='
  function at_most(figure, limit) {
    return sprintf("(goal: at most %s, %smet)", limit, figure <= limit ? "" : "not ")
  }'

# tell_goals FILE: how many of the goals in it were met, and which not. Fails where one
# was not, or where there is none: silence is no success.
tell_goals() {
  awk '
    / \(goal: [^()]*, met\)$/ { met++ }
    / \(goal: [^()]*, not met\)$/ { missed++; print "not met: " $0 }
    END {
      printf "%d of %d goals met\n", met, met + missed
      exit !(met > 0 && missed == 0)
    }' "$1"
}

# goals_as_tap: a benchmark's lines as TAP: a goal is a test, which is ok where it was met, and
# any other figure a comment, and what tell_goals says of them once more.
goals_as_tap() {
  sed -E -e 's/^not met: /# &/; t' -e 's/^.* \(goal: [^()]*, not met\)$/not ok - &/; t' \
    -e 's/^.* \(goal: [^()]*, met\)$/ok - &/; t' -e 's/^/# /'
}
