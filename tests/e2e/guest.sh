#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The guest's half of the end-to-end tests: runs every line of standard input
# in this shell and answers "@done STATUS", the first answer when all is ready.
set -u
cd "$(dirname "$0")/../.." || exit
# memmond takes every MEMMON_ variable for a setting of its own.
unset MEMMON_OUT
. scripts/lib/postgres.sh
. tests/e2e/faults.sh

work=$(mktemp -d)
chmod 755 "$work"

start_database() {
  database=$(postgres_start "$work/db")
}

# start_memmond [OPTION]...: runs it in the background and remembers its pid.
start_memmond() {
  build/release/service/memmond --device /dev/memmon \
    --grpc-address 0.0.0.0:50051 --web-address 0.0.0.0:8080 --web-root webui/dist \
    --insecure-listen yes --open-details yes --database "$database" "$@" >>"$work/memmond.log" 2>&1 &
  memmond=$!
}

# start_known NAME LENGTH...: a known process that waits for lines.
start_known() {
  mkfifo "$work/$1.in" "$work/$1.out"
  "$work/known" "$@" <"$work/$1.in" >"$work/$1.out" &
  eval "known_$1=\$!"
  # Both ends stay open in this shell, by descriptor, until it ends.
  eval "exec {in_$1}>\"$work/$1.in\" {out_$1}<\"$work/$1.out\""
}

# enter_cgroup NAME CGROUP: it is of that cgroup from then on, made where it is missing.
enter_cgroup() {
  local pid="known_$1"
  mkdir -p "/sys/fs/cgroup/$2" && echo "${!pid}" >"/sys/fs/cgroup/$2/cgroup.procs"
}

# ask_known NAME [TIMES [PER_SECOND]]: has it carry out its list; prints its answer.
ask_known() {
  local in="in_$1" out="out_$1" answer
  echo "${2:-1}${3:+ $3}" >&"${!in}"
  read -r answer <&"${!out}" && echo "$answer"
}

# sql QUERY: its one figure.
sql() {
  psql "$database" --no-psqlrc --tuples-only --no-align --command "$1"
}

start_database && gcc -O2 -o "$work/known" tests/e2e/known.c
echo "@done $?"
while IFS= read -r line; do
  eval "$line" </dev/null
  echo "@done $?"
done
[ -n "${memmond:-}" ] && kill "$memmond" 2>/dev/null && wait "$memmond"
postgres_stop "$work/db"
