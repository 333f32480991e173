# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Directories of this machine that a guest sees: over 9p, which QEMU serves itself and
# anybody may use; over virtiofs where the guest's kernel has no 9p (Debian's for
# clouds). A server of its own stands behind each share then, which only root can run.

# kernel_has_9p V
kernel_has_9p() { grep -qE '^CONFIG_9P_FS=[my]' "$(kernel_dir "$1")"/boot/config-*; }

# share V TAG DIR [ro]: to be called when `work`, `pids`, `memory` and `qemu` are set;
# adds to the last what QEMU is to be told, and to `pids` whatever was started.
share() {
  local v=$1 tag=$2 dir=$3 mode=${4:-rw} socket=$work/$2.socket
  if kernel_has_9p "$v"; then
    [[ $mode == rw ]] && mode='' || mode=,readonly=on
    [[ $dir != / ]] || mode+=,multidevs=remap
    qemu+=(-virtfs "local,path=$(comma "$dir"),mount_tag=$tag,security_model=none$mode")
    return
  fi
  [[ $EUID -eq 0 ]] || die "kernel $v has no 9p, and virtiofs is served by root only; type: sudo ${0##*/} …, or take another kernel"
  mkdir "$work/share-$tag"
  setpriv --pdeathsig TERM unshare --mount --propagation private \
    bash -c "set -euo pipefail; $(declare -f share_serve); share_serve \"\$@\"" \
    virtiofsd "$dir" "$mode" "$work/share-$tag" "$socket" </dev/null >>"$work/virtiofsd" 2>&1 &
  pids+=($!)
  until [[ -S $socket ]]; do
    kill -0 $! 2>/dev/null || die "virtiofsd does not start: $(<"$work/virtiofsd")"
    sleep 0.05
  done
  # The server works in the guest's memory.
  [[ " ${qemu[*]} " == *" memory-backend=memory "* ]] || qemu+=(-machine memory-backend=memory
    -object "memory-backend-memfd,id=memory,size=$memory,share=on")
  qemu+=(-chardev "socket,id=share-$tag,path=$(comma "$socket")"
    -device "vhost-user-fs-pci,chardev=share-$tag,tag=$tag")
}

# In a mount namespace of its own, that is where it runs: virtiofsd knows no read-only,
# so what it serves is a view of DIR that is.
share_serve() {
  local dir=$1 mode=$2 view=$3 socket=$4 mount
  mount --rbind "$dir" "$view"
  if [[ $mode == ro ]]; then
    findmnt -rno TARGET | while read -r mount; do
      [[ $mount != "$view" && $mount != "$view"/* ]] || mount -o remount,bind,ro "$mount"
    done
  fi
  # Where it keeps its lock.
  mount -t tmpfs run /run
  exec /usr/lib/qemu/virtiofsd --socket-path="$socket" -o "source=$view" -o cache=auto -o log_level=warn -f
}
