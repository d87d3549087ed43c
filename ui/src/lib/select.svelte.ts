// What is selected in the list: some tasks, or all that a search finds, which need not be here.

import type { Selection, TaskId } from '../bindings';

/** What the list of texts finds: an empty search would find the works of the studio as well. */
export const ALL_TEXTS = 'operation:transcribe,resolve,analyze';

/** More neighbours than this are not selected at once; all of them together are, by their search. */
export const LONGEST_RANGE = 10_000;

export class Select {
  #ids = $state.raw<ReadonlySet<TaskId>>(new Set());
  /** Everything that this finds is selected. */
  query = $state<string | null>(null);
  /** The place in the list where a range begins. */
  anchor: number | null = null;
  /** What was selected before the range. */
  #before: ReadonlySet<TaskId> = new Set();

  get any(): boolean {
    return this.query !== null || this.#ids.size > 0;
  }

  /** The selected ones; none where all that are found are selected. */
  get ids(): readonly TaskId[] {
    return this.query === null ? [...this.#ids] : [];
  }

  get value(): Selection | null {
    if (this.query !== null) return { kind: 'found', query: this.query };
    return this.#ids.size > 0 ? { kind: 'tasks', ids: [...this.#ids] } : null;
  }

  has(id: TaskId): boolean {
    return this.query !== null || this.#ids.has(id);
  }

  /** How many are selected, where so many are found. */
  count(found: number): number {
    return this.query === null ? this.#ids.size : found;
  }

  /** Adds one or takes it away. `here` are those that can be told, when all were selected. */
  toggle(id: TaskId, place: number, here: readonly TaskId[]): void {
    const ids = new Set(this.query === null ? this.#ids : here);
    if (!ids.delete(id)) ids.add(id);
    this.#ids = ids;
    this.query = null;
    this.begin(place);
  }

  /** A range will begin here. */
  begin(place: number): void {
    this.anchor = place;
    this.#before = this.#ids;
  }

  /** The tasks of a range, beside what was selected before it. */
  range(ids: readonly TaskId[]): void {
    this.query = null;
    this.#ids = new Set([...this.#before, ...ids]);
  }

  /** Everything that a search finds, also what is not here. */
  all(query: string): void {
    this.query = query;
    this.#ids = new Set();
    this.#before = new Set();
    this.anchor = null;
  }

  clear(): void {
    if (!this.any && this.anchor === null) return;
    this.query = null;
    this.#ids = new Set();
    this.#before = new Set();
    this.anchor = null;
  }

  /** Tasks that are gone are selected no more. */
  forget(ids: readonly TaskId[]): void {
    if (!ids.some((id) => this.#ids.has(id))) return;
    const left = new Set(this.#ids);
    for (const id of ids) left.delete(id);
    this.#ids = left;
    this.#before = new Set();
  }
}
