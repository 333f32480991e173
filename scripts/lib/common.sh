# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What every script shares: where the project is, and how to speak to people.
# Sourced, never run. Messages go to stderr; stdout belongs to the command.

MEMMON_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
MEMMON_VAR=$MEMMON_ROOT/var
MEMMON_BUILD=$MEMMON_ROOT/build
# The kernels the module is built for and tried on.
MEMMON_KERNELS=(6.1 6.12)
# Others that the guest can boot, got when they are asked for: Debian's PREEMPT_RT, and
# the one for clouds.
MEMMON_FLAVOURS=(6.1-rt 6.1-cloud 6.12-rt 6.12-cloud)
# And those that scripts/debug-kernel builds.
MEMMON_DEBUG_KERNELS=(6.1-kasan 6.1-kcsan)
# An empty PATH entry or a missing /usr/sbin (plain users on Debian) hides tools.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
# npm and mktemp must not end in a directory from which nothing can be run.
readonly MEMMON_ROOT MEMMON_VAR MEMMON_BUILD

say() { [[ ${MEMMON_QUIET:-} ]] || printf '%s\n' "$*" >&2; }

# die MESSAGE...: one line that says what is wrong and what to type.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# usage_of FILE: the comment block on top of a script is its help text.
usage_of() { awk 'NR > 2 && !/^#/ { exit } NR > 2 { sub(/^# ?/, ""); print }' "$1"; }

need_value() { [[ $# -ge 2 ]] || die "$1 needs a value"; }

is_number() { [[ $1 =~ ^[0-9]+$ ]]; }

# Each cpu gets one job, and no more: the guest needs one too.
jobs_wanted() { nproc; }
# /dev/kvm may also be there on a processor that has no virtualization (in a virtual
# machine, say); no guest gets as far as user space then.
has_kvm() { [[ -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo; }

# port_in_use PORT: something accepts connections on 127.0.0.1:PORT.
port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# disk_free_mib DIR: room left for an ordinary user where DIR (or its parent) is.
disk_free_mib() {
  local dir=$1
  while [[ ! -d $dir ]]; do dir=$(dirname "$dir"); done
  df --output=avail -BM "$dir" | awk 'NR == 2 { print $1 + 0 }'
}
