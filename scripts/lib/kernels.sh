# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Guest kernels: Debian's image packages, unpacked under var/kernels/<V> rather
# than installed, so that the boot menu of the machine stays as it is. Image and
# headers must be the same build, or the module's symbol versions do not match.
# Debug kernels are built here (debug-kernel.sh), and answer to the same questions.
. "$MEMMON_ROOT/scripts/lib/debug-kernel.sh"

kernel_check_version() {
  local v known=("${MEMMON_KERNELS[@]}" "${MEMMON_FLAVOURS[@]}" "${MEMMON_DEBUG_KERNELS[@]}")
  for v in "${known[@]}"; do [[ $v == "$1" ]] && return 0; done
  die "unknown kernel '$1' (choose from: ${known[*]})"
}

# guest_sees PATH: guests have a /tmp and a /var/tmp of their own, and all else of this machine.
guest_sees() {
  case $1/ in
    /tmp/* | /var/tmp/*) die "guests have a /tmp and a /var/tmp of their own and do not see $1: move it, or clone it elsewhere" ;;
  esac
}

kernel_is_debug() { [[ " ${MEMMON_DEBUG_KERNELS[*]} " == *" $1 "* ]]; }

# The meta package that follows Debian's newest build of a kernel line.
kernel_headers_package() {
  case $1 in
    6.1 | 6.1-*) echo "linux-headers${1#6.1}-amd64" ;;
    *) echo "linux-headers-$1-amd64" ;;
  esac
}

# kernel_release V: the release of the installed headers, as uname -r prints it.
kernel_release() {
  if kernel_is_debug "$1"; then
    ! kernel_ready "$1" || cut -d' ' -f1 "$(kernel_dir "$1")/version"
    return
  fi
  dpkg-query -W -f='${Depends}' "$(kernel_headers_package "$1")" 2>/dev/null |
    sed -n 's/^linux-headers-\([^ ,]*\).*/\1/p'
}

kernel_headers_version() { dpkg-query -W -f='${Version}' "linux-headers-$1" 2>/dev/null; }

kernel_dir() {
  if kernel_is_debug "$1"; then echo "$DEBUG_KERNEL_CACHE/$1"; else echo "$MEMMON_VAR/kernels/$1"; fi
}

kernel_headers_dir() { echo "/usr/src/linux-headers-$1"; }

# kernel_ready V: the image is unpacked and is the very build the headers are of.
kernel_ready() {
  local release stamp
  stamp=$(kernel_dir "$1")/version
  if kernel_is_debug "$1"; then
    [[ -f $stamp && $(<"$stamp") == *" $(debug_kernel_key "${1#*-}")" ]]
    return
  fi
  release=$(kernel_release "$1")
  [[ $release && -f $stamp && $(<"$stamp") == "$release $(kernel_headers_version "$release")" ]]
}

# kernel_unpack V (needs apt.sh): fetches the image that belongs to the installed headers.
# Fails without a word if the mirror no longer has it: newer headers are needed.
kernel_unpack() {
  local v=$1 release version dir tmp deb
  release=$(kernel_release "$v")
  version=$(kernel_headers_version "$release")
  dir=$(kernel_dir "$v")
  mkdir -p "$MEMMON_VAR/kernels"
  tmp=$(mktemp -d "$MEMMON_VAR/kernels/.unpack-$v.XXXXXX")
  # _apt, apt's unprivileged user, must be able to write here, or apt warns.
  chmod 777 "$tmp"
  if ! (cd "$tmp" && apt-get -qq "${APT_OPTIONS[@]}" download "linux-image-$release=$version" 2>download.log); then
    rm -rf "$tmp"
    return 1
  fi
  deb=$(echo "$tmp"/*.deb)
  # Part by part: what a guest never drives is left out (two thirds of the size).
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tmp" --exclude='./usr/share' \
    --exclude='./lib/modules/*/kernel/drivers/gpu' --exclude='./lib/modules/*/kernel/drivers/media' \
    --exclude='./lib/modules/*/kernel/drivers/net/wireless' --exclude='./lib/modules/*/kernel/sound' \
    --exclude='./lib/modules/*/kernel/drivers/infiniband' --exclude='./lib/modules/*/kernel/drivers/scsi'
  rm -f "$deb" "$tmp/download.log"
  mv "$tmp/boot/vmlinuz-$release" "$tmp/vmlinuz"
  depmod -b "$tmp" "$release" || { rm -rf "$tmp"; die "depmod failed for $release"; }
  echo "$release $version" >"$tmp/version"
  chmod 755 "$tmp"
  rm -rf "$dir"
  mv "$tmp" "$dir"
}
