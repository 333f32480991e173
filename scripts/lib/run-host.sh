# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# scripts/run --host: the module in this machine's own kernel, a private PostgreSQL
# under var/host-db, memmond as the user who runs this, its spool in var/host-spool.

run_on_host() {
  local dir=$MEMMON_VAR/host-db module=$MEMMON_BUILD/kmod/host/memmon.ko database memmond status=0
  [[ ! -d /sys/module/memmon ]] || die "memmon.ko is loaded already; type: sudo rmmod memmon"
  build_module host "$(uname -r)" "$MEMMON_BUILD/kmod/host"
  [[ ! $fresh ]] || rm -rf "$dir" "$MEMMON_VAR/host-spool"
  trap 'stopping=yes; [[ -z ${memmond:-} ]] || kill -TERM "$memmond" 2>/dev/null || true' INT TERM HUP
  trap 'host_down' EXIT

  host_down() {
    trap - EXIT
    [[ -z $child ]] || kill -TERM -- "-$child" 2>/dev/null || true
    if [[ ${memmond:-} ]] && kill -0 "$memmond" 2>/dev/null; then
      kill -TERM "$memmond"
      wait "$memmond" || true
    fi
    postgres_stop "$dir" || true
    [[ ! -d /sys/module/memmon ]] || as_root rmmod memmon
  }

  say "memmon.ko marks the kernel as tainted until the next boot: O, out of tree, and E, not signed, unless it is"
  as_root insmod "$module" || die "the kernel refused the module; type: sudo dmesg | tail"
  as_root chown "$(id -u)" /dev/memmon
  database=$(postgres_start "$dir") || die "the database did not start"
  # For a look at one's own machine: all is shown to whoever is logged in there.
  setsid "$MEMMON_BUILD/release/service/memmond" --device /dev/memmon \
    --grpc-address "127.0.0.1:$grpc_port" --web-address "127.0.0.1:$port" \
    --web-root "$MEMMON_ROOT/webui/dist" --database "$database" \
    --spool-dir "$MEMMON_VAR/host-spool" --open-details yes &
  memmond=$!
  if wait_for_dashboard "$memmond" && [[ ! $stopping ]]; then
    announce "in this machine's own kernel, Linux $(uname -r)"
    if [[ $demo ]]; then
      setsid "$MEMMON_ROOT/scripts/demo" >/dev/null 2>&1 &
      child=$!
    fi
  fi
  while kill -0 "$memmond" 2>/dev/null; do wait "$memmond" && status=0 || status=$?; done
  host_down
  [[ $stopping ]] || die "memmond ended by itself, with status $status"
}
