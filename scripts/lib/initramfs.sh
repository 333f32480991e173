# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The guest's initramfs: a static busybox, the modules that reach the host's
# root file system and the ports, and scripts/lib/guest-initramfs as /init. Built once for
# each kernel and each text of its parts, under var/cache.

INITRAMFS_MODULES=(virtio_pci overlay virtio_console virtio_rng virtio_net)

# initramfs_path V: prints the path of the archive, having built it if needed.
initramfs_path() {
  local v=$1 dir release key archive
  dir=$(kernel_dir "$v")
  release=$(cut -d' ' -f1 "$dir/version")
  key=$(cat "$dir/version" "$MEMMON_ROOT/scripts/lib/initramfs.sh" \
    "$MEMMON_ROOT/scripts/lib/guest-initramfs" | sha256sum | cut -c1-12)
  archive=$MEMMON_VAR/cache/initramfs-$release-$key
  [[ -f $archive ]] || initramfs_build "$dir" "$release" "$archive"
  echo "$archive"
}

initramfs_build() {
  local dir=$1 release=$2 archive=$3 tree module file name modules
  mkdir -p "$MEMMON_VAR/cache"
  tree=$(mktemp -d "$MEMMON_VAR/cache/.initramfs.XXXXXX")
  mkdir -p "$tree"/{bin,dev,proc,sys,modules,host,upper,root}
  cp /bin/busybox "$tree/bin/busybox"
  install -m 755 "$MEMMON_ROOT/scripts/lib/guest-initramfs" "$tree/init"
  if kernel_has_9p "$v"; then modules=(9pnet_virtio 9p); else modules=(virtiofs); fi
  # modprobe knows the order, and which of them this kernel has built in.
  for module in "${INITRAMFS_MODULES[@]}" "${modules[@]}"; do
    modprobe --dirname "$dir" --set-version "$release" --show-depends "$module" ||
      die "kernel $release has no $module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$tree/order"
  while read -r file; do
    name=$(basename "${file%.xz}")
    case $file in
      *.xz) xz -dc "$file" >"$tree/modules/$name" ;;
      *) cp "$file" "$tree/modules/$name" ;;
    esac
    echo "$name"
  done <"$tree/order" >"$tree/modules/order"
  rm "$tree/order"
  (cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$tree.cpio"
  rm -rf "$tree"
  # Several guests may start at once: the last one to finish wins, all are alike.
  mv "$tree.cpio" "$archive"
}
