# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private PostgreSQL cluster in a directory: reached by a socket in that
# directory only, no network, no password, one database `memmon`. The server
# refuses to run as root, so root runs it as the user `postgres`, or `nobody`.
#
#   conninfo=$(postgres_start DIR)   makes the cluster if needed; libpq's string
#   postgres_stop DIR                clean shutdown; nothing to do is no error
#
# DIR must be reachable by that user (mode 755 all the way down).

postgres_bin() {
  local dir
  for dir in /usr/lib/postgresql/{17,16,15}/bin; do
    [[ -x $dir/initdb ]] && echo "$dir" && return
  done
  echo "postgresql is not installed: type scripts/setup" >&2
  return 1
}

postgres_user() {
  if [[ $EUID -ne 0 ]]; then
    id -un
  elif getent passwd postgres >/dev/null; then
    echo postgres
  else
    echo nobody
  fi
}

# postgres_as USER COMMAND...: with no variables of the caller but the locale. The
# first directory is one that every user may stand in.
postgres_as() {
  local user=$1
  shift
  if [[ $EUID -eq 0 ]]; then
    (cd / && exec setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups \
      env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@")
  else
    (cd / && exec env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@")
  fi
}

postgres_start() {
  local dir bin user
  dir=$(realpath -m "$1")
  bin=$(postgres_bin) || return 1
  user=$(postgres_user)
  mkdir -p "$dir" || return 1
  if [[ $EUID -eq 0 ]]; then chown "$user" "$dir" || return 1; fi
  if [[ ! -f $dir/data/PG_VERSION ]]; then
    # Made beside its place and moved there: a cluster is whole or not there.
    rm -rf "$dir/data.new"
    postgres_as "$user" "$bin/initdb" --pgdata "$dir/data.new" --auth trust --username memmon \
      --encoding UTF8 --locale C.UTF-8 --no-sync --no-instructions >"$dir/initdb.log" 2>&1 ||
      { cat "$dir/initdb.log" >&2; return 1; }
    mv "$dir/data.new" "$dir/data"
  fi
  # The directory of the socket is the only way in. A path of more than 107 bytes
  # is none that a socket can have, so a long one gets a short name in /tmp.
  local socket=$dir
  if [[ ${#socket} -gt 80 ]]; then
    socket=/tmp/memmon-pg-$(printf '%s' "$dir" | cksum | cut -d' ' -f1)
    mkdir -p "$socket"
    if [[ $EUID -eq 0 ]]; then chown "$user" "$socket"; fi
  fi
  postgres_as "$user" "$bin/pg_ctl" start --silent --wait --timeout 120 --pgdata "$dir/data" \
    --log "$dir/server.log" -o "-c listen_addresses='' -c unix_socket_directories='$socket'" \
    >"$dir/pg_ctl.log" 2>&1 </dev/null || { tail -n 20 "$dir/pg_ctl.log" "$dir/server.log" >&2; return 1; }
  postgres_as "$user" "$bin/psql" -h "$socket" -U memmon -d postgres -Atqc \
    "select 1 from pg_database where datname = 'memmon'" | grep -q 1 ||
    postgres_as "$user" "$bin/createdb" -h "$socket" -U memmon memmon || return 1
  echo "host=$socket user=memmon dbname=memmon"
}

postgres_stop() {
  local dir bin
  dir=$(realpath -m "$1")
  [[ -f $dir/data/postmaster.pid ]] || return 0
  bin=$(postgres_bin) || return 1
  postgres_as "$(postgres_user)" "$bin/pg_ctl" stop --silent --wait --timeout 120 --mode fast \
    --pgdata "$dir/data" >>"$dir/pg_ctl.log" 2>&1
}
