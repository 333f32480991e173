# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What is installed, and where: read from the lists that the Debian packages are made of
# (packaging/debian/*.install).

# installed_version: that of the module, which names its source's directory.
installed_version() { sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$MEMMON_ROOT/kmod/dkms.conf"; }

# installed_is_built: what it is made of is there.
installed_is_built() {
  [[ -x $MEMMON_BUILD/release/service/memmond && -x $MEMMON_BUILD/release/ctl/memmonctl && -f $MEMMON_ROOT/webui/dist/index.html ]]
}

# installed_in DIR PREFIX: where scripts/install has what the package has in DIR. systemd and
# udev look below /etc whatever the prefix is.
installed_in() {
  case $1 in
    lib/systemd/system | lib/udev/rules.d) echo "/etc/${1#lib/}" ;;
    usr/lib/sysusers.d) echo /etc/sysusers.d ;;
    usr/share/zsh/*) echo "$2/share/zsh/site-functions" ;;
    usr/src/*) echo "/usr/src/memmon-$(installed_version)" ;;
    usr/*) echo "$2/${1#usr/}" ;;
    *) echo "/$1" ;;
  esac
}

# installed_list PACKAGE: its lines, each as the directory and then the files.
installed_list() { awk '!/^#/ && NF { line = $NF; for (i = 1; i < NF; i++) line = line " " $i; print line }' "$MEMMON_ROOT/packaging/debian/$1.install"; }
