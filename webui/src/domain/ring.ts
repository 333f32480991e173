// SPDX-License-Identifier: Apache-2.0
//
// The latest so many of something; older ones fall out. A tab open for a day does not grow.

export class Ring<T> {
  private readonly items: (T | undefined)[];
  private next = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("capacity must be at least 1");
    this.items = new Array<T | undefined>(capacity);
  }

  get size(): number {
    return this.count;
  }

  push(item: T): void {
    this.items[this.next] = item;
    this.next = (this.next + 1) % this.capacity;
    if (this.count < this.capacity) this.count++;
  }

  clear(): void {
    this.items.fill(undefined);
    this.next = 0;
    this.count = 0;
  }

  /** The item `age` pushes ago; 0 is the latest. */
  latest(age = 0): T | undefined {
    if (age < 0 || age >= this.count) return undefined;
    return this.items[(this.next - 1 - age + 2 * this.capacity) % this.capacity];
  }

  /** Newest first. */
  *newestFirst(): Generator<T> {
    for (let age = 0; age < this.count; age++) yield this.latest(age) as T;
  }
}
