# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Whether this machine's own kernel takes the module: found out before it is built.

# signed_only: what makes this kernel load signed modules only; nothing where it loads any.
signed_only() {
  local lockdown
  lockdown=$(cat /sys/kernel/security/lockdown 2>/dev/null) || true
  if [[ $lockdown =~ \[(integrity|confidentiality)\] ]]; then
    echo "kernel lockdown, ${BASH_REMATCH[1]}: Secure Boot sets it"
  elif [[ $(cat /sys/module/module/parameters/sig_enforce 2>/dev/null) == Y ]]; then
    echo "Secure Boot, or module.sig_enforce"
  fi
}

# kernel_refusal: why no module of ours can be in this machine's kernel, signed or not, and
# what to type; nothing where one can.
kernel_refusal() {
  local release
  release=$(uname -r)
  if [[ ! -d $(module_build_dir "$release") ]]; then
    echo "no headers for this kernel; type: sudo apt-get install linux-headers-$release, or: scripts/run --vm"
  elif [[ ! -e /proc/modules || $(cat /proc/sys/kernel/modules_disabled 2>/dev/null) != 0 ]]; then
    echo "this kernel loads no modules (kernel.modules_disabled); type: scripts/run --vm"
  fi
}

# host_refusal: why build/kmod/host/memmon.ko, as it is or will be, cannot be in this machine's
# kernel, and what to type; nothing where it can.
host_refusal() {
  local why file=build/kmod/host/memmon.ko
  why=$(kernel_refusal)
  if [[ ! $why ]] && why=$(signed_only) && [[ $why ]]; then
    [[ $(tail -c 28 "$MEMMON_ROOT/$file" 2>/dev/null | tr -d '\0') != "~Module signature appended~"* ]] || return 0
    why="this kernel loads signed modules only ($why); type: scripts/run --vm, or sign it: make -C kmod KBUILD_OUT=\"\$PWD/build/kmod/host\" && sudo $(module_build_dir "$(uname -r)")/scripts/sign-file sha256 KEY CERT $file"
  fi
  [[ ! $why ]] || echo "$why"
}

# dkms_refusal: the same of a module that DKMS builds, and signs with a key of its own.
dkms_refusal() {
  local why key=/var/lib/dkms/mok.key certificate=/var/lib/dkms/mok.pub make=''
  why=$(kernel_refusal)
  if [[ ! $why ]] && why=$(signed_only) && [[ $why ]]; then
    if [[ ! -f $certificate ]]; then
      make="sudo openssl req -new -x509 -nodes -days 36500 -subj '/CN=DKMS module signing key' -newkey rsa:2048 -keyout $key -outform DER -out $certificate && "
    # Its status says the contrary: 1 where the key is enrolled.
    elif [[ $(LC_ALL=C mokutil --test-key "$certificate" 2>/dev/null || true) == *"already enrolled"* ]]; then
      return 0
    fi
    why="this kernel loads signed modules only ($why), and DKMS's key is not enrolled; type: ${make}sudo mokutil --import $certificate && sudo reboot, say yes to the firmware, and then again: scripts/install"
  fi
  [[ ! $why ]] || echo "$why"
}
