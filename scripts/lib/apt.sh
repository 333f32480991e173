# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian packages: which are missing, and how to get them with one clear word when
# that cannot work.

# The lists of what is wanted.
PACKAGE_LISTS=("$MEMMON_ROOT/scripts/packages")
APT_OPTIONS=(-o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)

# packages_wanted: the names in the lists that this machine needs.
packages_wanted() {
  sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "${PACKAGE_LISTS[@]}" |
    while IFS= read -r entry; do
      if [[ $entry == *"|"* ]]; then
        # From another place than Debian it counts too, Debian's own stays listed.
        ! command -v "${entry%%|*}" >/dev/null || continue
      fi
      echo "${entry#*|}"
    done
}

# packages_missing: those of them that are not installed. One dpkg-query for all.
packages_missing() {
  local wanted installed
  wanted=$(packages_wanted | sort -u)
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p' | sort -u)
  comm -23 <(echo "$wanted") <(echo "$installed")
}

# as_root COMMAND...: itself for root, with sudo otherwise.
as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    die "no rights to install packages; type: su -c '$MEMMON_ROOT/scripts/setup'"
  fi
}

# apt_get ARGUMENT...: shows one line a step, and says what a failure means.
apt_get() {
  local log=$MEMMON_VAR/log/apt.log
  mkdir -p "$MEMMON_VAR/log"
  if ! as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qy "${APT_OPTIONS[@]}" "$@" \
    </dev/null 2>&1 | tee "$log" | apt_progress; then
    apt_explain "$log"
  fi
}

apt_progress() {
  if [[ ${MEMMON_QUIET:-} ]]; then
    cat >/dev/null
  else
    # Every package would be a wall; every hundredth shows that it goes on.
    awk '/^(Get|Setting up)/ { if (++n % 50 == 0) { print "  " $0; fflush() } }
         /newly installed/ { print "  " $0; fflush() }' >&2
  fi
}

apt_explain() {
  local log=$1
  case $(<"$log") in
    *"Could not get lock"* | *"is another process using it"*)
      die "another package manager is at work; wait for it, then run this again" ;;
    *"No space left"* | *"have enough free space"*)
      die "the disk is full; make room (sudo apt-get clean), then run this again" ;;
    *"Could not resolve"* | *"Temporary failure resolving"* | *"Unable to connect"* | *"Could not connect"* | *"Failed to fetch"*)
      die "no way to the package mirror; check the network, then run this again (see var/log/apt.log)" ;;
    *"Unable to locate package"*)
      die "$(grep -m 1 -o 'Unable to locate package.*' "$log"): Debian 12 with bookworm-security is needed" ;;
    *"dpkg was interrupted"* | *"Unmet dependencies"*)
      die "the package system is half-way through something; type: sudo dpkg --configure -a && sudo apt-get -f install" ;;
  esac
  tail -n 20 "$log" >&2
  die "packages could not be installed (var/log/apt.log)"
}

# apt_sources: 6.12 comes from bookworm-security. Where the machine does not list
# it (a bare debootstrap), it is used for memmon's own calls of apt, and the machine's
# list stays as it is.
apt_sources() {
  local parts=$MEMMON_VAR/apt
  ! grep -rqsE '^[^#]*-security' /etc/apt/sources.list /etc/apt/sources.list.d || return 0
  mkdir -p "$parts"
  cp -f /etc/apt/sources.list.d/* "$parts/" 2>/dev/null || true
  echo "deb http://deb.debian.org/debian-security bookworm-security main" >"$parts/bookworm-security.list"
  APT_OPTIONS+=(-o "Dir::Etc::SourceParts=$parts")
}
