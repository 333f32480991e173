#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build_peers.sh V: tries to build, for kernel V, the tracers that need a module of
# their own, as Debian ships them. Prints "NAME - WHAT CAME OF IT" for each.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../../scripts/lib/common.sh"
. "$MEMMON_ROOT/scripts/lib/kernels.sh"
. "$MEMMON_ROOT/scripts/lib/apt.sh"
v=$1
release=$(kernel_release "$v")
headers=$(kernel_headers_dir "$release")
dir=$MEMMON_BUILD/bench/peers/$v
mkdir -p "$dir"

# outcome NAME LOG STATUS: the compiler's own words, without the way to the file.
outcome() {
  if [[ $3 == 0 ]]; then
    echo "$1 - builds for $release, but is not measured here yet"
  else
    echo "$1 - does not build for $release: $(grep -m 1 'error: ' "$2" | sed -E 's|^[^ ]*/||; s|^(.{120}).*|\1...|' || tail -n 1 "$2")"
  fi
}

# Where the kernel's own debug package is not installed, stap takes the functions'
# names from the running kernel; here they come from the guest's.
systemtap() {
  local status=0 file
  mkdir -p "$dir/kbuild"
  for file in "$headers"/* "$headers"/.[a-z]*; do ln -sfn "$file" "$dir/kbuild/${file##*/}"; done
  rm -f "$dir/kbuild/System.map"
  "$MEMMON_ROOT/scripts/vm" --kernel "$v" -- cat /proc/kallsyms >"$dir/kbuild/System.map"
  cat >"$dir/peer.stp" <<-'END'
	probe kprobe.function("do_mmap").return { printf("%s %d mmap %d\n", execname(), pid(), returnval()) }
	probe kprobe.function("__vm_munmap").return { printf("%s %d munmap %d\n", execname(), pid(), returnval()) }
	END
  (cd "$dir" && stap -v -r "$dir/kbuild" -p4 -m peer_stap peer.stp) >"$dir/systemtap.log" 2>&1 || status=$?
  outcome systemtap "$dir/systemtap.log" "$status"
}

# Unpacked, not installed: installing the package builds it for the machine's kernel.
lttng() {
  local status=0
  rm -rf "$dir/lttng"
  mkdir -p "$dir/lttng"
  # _apt, apt's unprivileged user, must be able to write here, or apt warns.
  chmod 777 "$dir/lttng"
  (cd "$dir/lttng" && apt-get -qq "${APT_OPTIONS[@]}" download lttng-modules-dkms) >"$dir/lttng.log" 2>&1 ||
    { echo "lttng - its package could not be downloaded: $(tail -n 1 "$dir/lttng.log")"; return; }
  dpkg-deb -x "$dir"/lttng/*.deb "$dir/lttng"
  make -C "$headers" M="$(echo "$dir"/lttng/usr/src/lttng-modules-*)" -j "$(jobs_wanted)" \
    CONFIG_LTTNG=m CONFIG_LTTNG_CLOCK_PLUGIN_TEST=m modules >"$dir/lttng.log" 2>&1 || status=$?
  outcome lttng "$dir/lttng.log" "$status"
}

systemtap
lttng
