# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# scripts/run --vm: the module, memmond and PostgreSQL in a guest. The guest's half is
# guest-run; it goes on until its standard input, held open here, ends: also when
# this script is killed outright.

run_in_guest() {
  local image=$MEMMON_VAR/guest.img how='without KVM: slower, but whole' guest status=0 input
  ! has_kvm || how='with KVM'
  part "$MEMMON_ROOT/scripts/build" module --kernel "$version"
  [[ ! $fresh ]] || rm -f "$image"
  say "starting a guest with Debian's $(kernel_release "$version") (QEMU, $how)"

  input=$(mktemp -u "$MEMMON_VAR/.run-input.XXXXXX")
  mkfifo "$input"
  # Opened for both, so that neither end has to wait for the other.
  exec {hold}<>"$input"
  local reader
  exec {reader}<"$input"
  # A session of its own: Ctrl-C on a terminal must reach this script alone, which
  # then ends the guest from the inside.
  (cd "$MEMMON_ROOT" && exec setsid scripts/vm --kernel "$version" --smp 2 --mem 2G --module \
    --disk "$image" --timeout 0 --forward "$port:8080" --forward "$grpc_port:50051" \
    -- scripts/lib/guest-run $demo <&"$reader" {hold}>&- {reader}<&-) &
  guest=$!
  exec {reader}<&-
  rm -f "$input"
  # An end for writing only: the pipe ends when it is closed.
  exec {writer}>"/proc/self/fd/$hold" {hold}>&-
  child=$guest
  trap 'stopping=yes' INT TERM HUP

  if wait_for_dashboard "$guest" && [[ ! $stopping ]]; then
    announce "in a guest, Linux $(kernel_release "$version"); this machine's kernel is not touched"
    wait "$guest" || status=$?
  fi
  if [[ $stopping ]]; then
    say "stopping: storing what is accepted, then the database, then the guest"
    exec {writer}>&-
    trap 'stop_child' INT TERM HUP
    status=0
    # A signal cuts a wait short; the guest is gone only when kill says so.
    while kill -0 "$guest" 2>/dev/null; do wait "$guest" && status=0 || status=$?; done
  elif [[ $status == 0 ]]; then
    wait "$guest" || status=$?
  fi
  child=''
  [[ $status == 0 ]] || die "the guest ended with status $status"
}
