// SPDX-License-Identifier: Apache-2.0

export const explain = {
  "explain.ENOMEM": "The kernel had no room for it: the address space is full, a limit is reached (ulimit -v, or the number of mappings, vm.max_map_count), or overcommit does not allow so much (vm.overcommit_memory). RAM need not be full.",
  "explain.EINVAL": "The kernel takes no such length, address or flags; munmap says so of an address that is no page’s beginning.",
  "explain.EEXIST": "MAP_FIXED_NOREPLACE, and something is there already.",
  "explain.EACCES": "The file was not opened for what the mapping wants.",
  "explain.EAGAIN": "Too much memory is locked already (ulimit -l).",
  "explain.EPERM": "Forbidden: a seal of the file, a file system mounted noexec, or an address too low for this user.",
} as const;
