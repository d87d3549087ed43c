// A long row of things of which only some are here: by their place, and by their id.

import type { TaskId } from '../bindings';

export class Sparse<T> {
  readonly #idOf: (thing: T) => TaskId;
  readonly #at = new Map<number, T>();
  readonly #places = new Map<TaskId, number>();

  constructor(idOf: (thing: T) => TaskId) {
    this.#idOf = idOf;
  }

  /** How many are here. */
  get size(): number {
    return this.#at.size;
  }

  get(at: number): T | undefined {
    return this.#at.get(at);
  }

  /** Where it stands, if it is here. */
  placeOf(id: TaskId): number | undefined {
    return this.#places.get(id);
  }

  /** The places that are filled, in order. */
  places(): number[] {
    return [...this.#at.keys()].sort((one, other) => one - other);
  }

  /** Puts things beside each other, from a place on. One that stood elsewhere is there no more. */
  put(from: number, things: readonly T[]): void {
    things.forEach((thing, n) => {
      const at = from + n;
      const id = this.#idOf(thing);
      const before = this.#places.get(id);
      if (before !== undefined && before !== at) this.#at.delete(before);
      const other = this.#at.get(at);
      if (other !== undefined) this.#places.delete(this.#idOf(other));
      this.#at.set(at, thing);
      this.#places.set(id, at);
    });
  }

  /** Makes room at a place for a thing; what stands there and behind moves on by one. */
  insert(at: number, thing: T): void {
    this.#shift(at, 1);
    this.put(at, [thing]);
  }

  /** Takes the thing at a place out; what stands behind moves up. */
  remove(at: number): void {
    const thing = this.#at.get(at);
    if (thing !== undefined) this.#places.delete(this.#idOf(thing));
    this.#at.delete(at);
    this.#shift(at + 1, -1);
  }

  /** Forgets what stands farthest from a place, until no more than `most` are left, and one that is needed. */
  keepNear(place: number, most: number, needed: number | null = null): void {
    if (this.#at.size <= most) return;
    const far = [...this.#at.keys()].filter((at) => at !== needed).sort((one, other) => Math.abs(other - place) - Math.abs(one - place));
    for (const at of far.slice(0, Math.max(0, far.length - most))) {
      const thing = this.#at.get(at);
      if (thing !== undefined) this.#places.delete(this.#idOf(thing));
      this.#at.delete(at);
    }
  }

  clear(): void {
    this.#at.clear();
    this.#places.clear();
  }

  #shift(from: number, by: number): void {
    const moved = [...this.#at].filter(([at]) => at >= from);
    for (const [at] of moved) this.#at.delete(at);
    for (const [at, thing] of moved) {
      this.#at.set(at + by, thing);
      this.#places.set(this.#idOf(thing), at + by);
    }
  }
}
