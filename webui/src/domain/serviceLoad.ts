// SPDX-License-Identifier: Apache-2.0
//
// What memmond itself costs: the processor time that it used between two looks.

export class ServiceLoad {
  private last: { readonly atMs: number; readonly cpuMs: number } | undefined;
  private latest: number | undefined;

  /** Part of one processor, 0 to as many as there are; undefined until there are two looks. */
  get share(): number | undefined {
    return this.latest;
  }

  look(atMs: number, cpuMs: number): void {
    const last = this.last;
    if (last !== undefined && atMs - last.atMs < 500) return;
    this.last = { atMs, cpuMs };
    // Less than before: memmond was started anew.
    this.latest = last === undefined || cpuMs < last.cpuMs ? undefined : (cpuMs - last.cpuMs) / (atMs - last.atMs);
  }
}
