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

# start_program NAME COMMAND...: one that waits for lines, and answers each.
start_program() {
  local name=$1
  shift
  mkfifo "$work/$name.in" "$work/$name.out"
  "$@" <"$work/$name.in" >"$work/$name.out" &
  eval "known_$name=\$!"
  # Both ends stay open in this shell, by descriptor, until it ends.
  eval "exec {in_$name}>\"$work/$name.in\" {out_$name}<\"$work/$name.out\""
}

# start_known NAME LENGTH...: a known process.
start_known() { start_program "$1" "$work/known" "$@"; }

# start_container ID NAME LENGTH...: a known process in a container of that id, which crun
# makes as docker's cgroupfs driver has it made.
start_container() {
  local id=$1 bundle=$work/$1 args
  shift
  args=$(printf ', "%s"' "$@")
  mkdir -p "$bundle/rootfs"/{dev,proc}
  gcc -O2 -static -o "$bundle/rootfs/known" tests/e2e/known.c || return
  cat >"$bundle/config.json" <<END
{ "ociVersion": "1.0.0", "root": { "path": "rootfs" },
  "process": { "args": ["/known"$args], "cwd": "/", "user": { "uid": 0, "gid": 0 } },
  "mounts": [{ "destination": "/proc", "type": "proc", "source": "proc" }],
  "linux": { "cgroupsPath": "/docker/$id",
    "namespaces": [{ "type": "pid" }, { "type": "mount" }, { "type": "cgroup" }] } }
END
  start_program "$1" crun --root "$work/crun" --cgroup-manager cgroupfs run --bundle "$bundle" "$id"
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
