# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Kernels of our own that watch themselves (scripts/debug-kernel), in the user's cache:
# they take long to build, and are the same for every checkout. A kernel's directory
# looks like one that kernels.sh unpacked, with the tree modules are built in beside it.

DEBUG_KERNEL_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/memmon
DEBUG_KERNEL_PACKAGES=(linux-source-6.1 build-essential flex bison bc libelf-dev)

debug_kernel_source_version() { dpkg-query -W -f='${Version}' linux-source-6.1 2>/dev/null; }

# debug_kernel_config NAME: the lines for all, and those for it.
debug_kernel_config() {
  sed -n -e "s/ *# $1\$//" -e '/^CONFIG_[^#]*$/p' "$MEMMON_ROOT/scripts/lib/debug-kernel.config"
  echo "CONFIG_LOCALVERSION=\"-$1\""
}

# What a kernel that is built has to have been built from.
debug_kernel_key() {
  { debug_kernel_source_version; debug_kernel_config "$1"; } | sha256sum | cut -c1-16
}

# Debian's source without what no kernel of ours compiles: a quarter is left.
debug_kernel_unpack() {
  local dir=$DEBUG_KERNEL_CACHE/source version
  version=$(debug_kernel_source_version)
  [[ ! -f $dir/.memmon-version || $(<"$dir/.memmon-version") != "$version" ]] || return 0
  say "unpacking the source of Linux $version"
  rm -rf "$dir"
  mkdir "$dir"
  tar -xf /usr/src/linux-source-6.1.tar.xz -C "$dir" --strip-components=1 --wildcards \
    --exclude='*/Documentation/[a-z]*/*.rst' --exclude='*/arch/[!x]*/*.[chS]' --exclude='*.dts*' \
    --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/net/*/*.[ch]' --exclude='*/sound/*.[ch]' \
    --exclude='*/tools/testing/*'
  echo "$version" >"$dir/.memmon-version"
}

# debug_kernel_configure NAME BUILD: all that is not asked for is off; what was asked for
# and is not to be had (a name Linux has dropped, a dependency) is an error.
debug_kernel_configure() {
  local name=$1 build=$2 refused
  debug_kernel_config "$name" >"$build.wanted"
  make -C "$DEBUG_KERNEL_CACHE/source" O="$build" KCONFIG_ALLCONFIG="$build.wanted" allnoconfig || return
  refused=$(grep -vxFf "$build/.config" "$build.wanted") || return 0
  echo "Kconfig did not take: $refused"
  return 1
}

debug_kernel_build() {
  local name=$1 dir=$DEBUG_KERNEL_CACHE/6.1-$1 build=$DEBUG_KERNEL_CACHE/6.1-$1/build release free
  free=$(disk_free_mib "$DEBUG_KERNEL_CACHE")
  [[ $free -gt 4000 ]] || die "only $free MiB are free on the disk of $DEBUG_KERNEL_CACHE, 4000 are needed: make room, then run this again"
  debug_kernel_unpack
  rm -rf "$dir"
  mkdir -p "$build" "$dir/boot" "$dir/lib/modules"
  MEMMON_QUIET=yes quietly "the configuration of 6.1-$name" debug_kernel_configure "$name" "$build"
  quietly "kernel 6.1-$name" nice -n 10 make -C "$build" -j "$(jobs_wanted)" bzImage modules
  release=$(<"$build/include/config/kernel.release")
  MEMMON_QUIET=yes quietly "modules of 6.1-$name" make -C "$build" INSTALL_MOD_PATH="$dir" modules_install
  cp "$build/arch/x86/boot/bzImage" "$dir/vmlinuz"
  cp "$build/.config" "$dir/boot/config-$release"
  # A module is built with the headers, the tools and the list of symbols.
  find "$build" -name '*.[oa]' -delete
  rm -f "$build/vmlinux" "$build"/.tmp_vmlinux*
  echo "$release $(debug_kernel_key "$name")" >"$dir/version"
}
