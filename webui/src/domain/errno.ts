// SPDX-License-Identifier: Apache-2.0
//
// Names of the errors that memory calls end with, on Linux.

const names = {
  1: "EPERM",
  2: "ENOENT",
  4: "EINTR",
  5: "EIO",
  7: "E2BIG",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  19: "ENODEV",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  26: "ETXTBSY",
  28: "ENOSPC",
  38: "ENOSYS",
  75: "EOVERFLOW",
  95: "EOPNOTSUPP",
} as const;

export type Errno = (typeof names)[keyof typeof names];

export const errnos: readonly Errno[] = Object.values(names);

/** Those that people ask about: there is more to say than their name. */
export const explainedErrnos = ["ENOMEM", "EINVAL", "EEXIST", "EACCES", "EAGAIN", "EPERM"] as const satisfies readonly Errno[];
export type ExplainedErrno = (typeof explainedErrnos)[number];

export function isExplained(name: Errno): name is ExplainedErrno {
  return (explainedErrnos as readonly Errno[]).includes(name);
}

/** The error's name, or undefined where this table does not know the number. */
export function errnoName(number: number): Errno | undefined {
  return (names as Readonly<Record<number, Errno>>)[number];
}

/** The number of a name. */
export function errnoNumber(name: Errno): number {
  return Number(Object.entries(names).find(([, each]) => each === name)?.[0]);
}

/** The error number in a call's result; undefined where the call succeeded. */
export function errorNumber(result: bigint): number | undefined {
  return result < 0n && result >= -4095n ? Number(-result) : undefined;
}
