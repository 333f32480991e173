// SPDX-License-Identifier: Apache-2.0
//
// Which of a few elements shows which of many lines. Making an element takes the browser far longer
// than writing into one that is there: who scrolls in takes over the element of who has scrolled
// out. Who stays keeps its own, so that what is pressed there is of the same line when it is let go.

export class RowPool {
  private slots = new Map<string, number>();
  private free: number[] = [];
  private made = 0;

  /** A number for each of these ids, all different and as small as can be; they take the places of those of the last call. */
  place(ids: readonly string[]): readonly number[] {
    const wanted = new Set(ids);
    for (const [id, slot] of this.slots) {
      if (wanted.has(id)) continue;
      this.slots.delete(id);
      this.free.push(slot);
    }
    return ids.map((id) => {
      let slot = this.slots.get(id);
      if (slot === undefined) this.slots.set(id, (slot = this.free.pop() ?? this.made++));
      return slot;
    });
  }
}
