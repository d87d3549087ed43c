// What is searched for, and what was found.

import type { Hit, HitCount, HitPage, Query, SearchOrder, Task, TaskChange } from '../bindings';
import { CursorRows } from './cursor-rows.svelte';
import { ipc } from './ipc';
import { spans } from './marks';
import { titleOf } from './task';

/** Hits asked for at once. */
const PAGE = 50;
/** Milliseconds after a change until what is shown is searched for anew. */
const CALM = 400;

export class Search {
  /** What stands in the box: the whole truth of the search. */
  text = $state('');
  /** How the box was understood, by the last answer. */
  query = $state.raw<Query | null>(null);
  /** How many are found; none while it is being counted. */
  count = $state.raw<HitCount | null>(null);
  /** The first page of what stands in the box is here. */
  settled = $state(false);
  /** The last search failed. */
  failed = $state(false);
  /** Hits must stay where they are, since the pointer is on them. */
  held = $state(false);
  readonly hits = new CursorRows<Hit, string>((hit) => hit.task.id);
  readonly #order: () => SearchOrder;
  /** What was asked last; answers to anything else are dropped. */
  #asked = 0;
  #asking = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stale = false;

  constructor(order: () => SearchOrder) {
    this.#order = order;
  }

  /** Something is searched for, so that hits are shown instead of the list. */
  get active(): boolean {
    return this.text.trim() !== '';
  }

  /** The words that are searched for, to be marked; none where nothing is. */
  get words(): readonly string[] {
    return this.active ? (this.query?.words ?? []) : [];
  }

  /** Takes what the box holds. `ask` is false while an input method composes. */
  type(text: string, ask = true): void {
    const same = text.trim() === this.#asking && this.active;
    this.text = text;
    if (!ask || same) return;
    void this.run();
  }

  /** Empties the box and shows the list again. */
  clear(): void {
    this.type('');
  }

  /** Searches for what stands in the box. */
  async run(): Promise<void> {
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    this.#stale = false;
    this.#asking = this.text.trim();
    if (this.#asking === '') {
      this.#forget();
      return;
    }
    this.settled = false;
    await this.#ask(asked, false);
  }

  /** Follows what became of tasks: hits change or go where they stand; new ones are looked for once it is calm. */
  apply(changes: readonly TaskChange[]): void {
    if (!this.active) return;
    for (const change of changes) {
      if (change.kind === 'saved') this.#save(change.task);
      else if (change.kind === 'removed') this.#remove(change);
      else this.#stale = true;
    }
    this.#refresh();
  }

  /** The pointer is on the hits, or has left them. */
  hold(held: boolean): void {
    this.held = held;
    this.#refresh();
  }

  #save(task: Task): void {
    const known = this.hits.replace(task.id, (hit) => ({
      ...hit,
      task,
      title_marks: titleOf(hit.task) === titleOf(task) ? hit.title_marks : spans(titleOf(task) ?? '', this.words).map(([start, end]) => [start, end]),
    }));
    // Whether it is found now can only be asked.
    if (!known) this.#stale = true;
  }

  #remove(change: TaskChange & { kind: 'removed' }): void {
    if (!this.hits.remove(change.id)) {
      this.#stale = true;
    } else if (this.count !== null) {
      this.count = { ...this.count, count: Math.max(0, this.count.count - 1) };
    }
  }

  /** Searches anew where something unknown has changed, but moves nothing under the pointer. */
  #refresh(): void {
    if (!this.#stale || this.held) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.active || this.held || !this.settled) return;
      this.#stale = false;
      // Farther down, only the count is asked for.
      if (this.hits.place.atTop) void this.#ask(++this.#asked, true);
      else void this.#tally(this.#asked);
    }, CALM);
  }

  async #ask(asked: number, stay: boolean): Promise<void> {
    // The pages behind are read by the same words, also while those of the next key are on their way.
    const [text, order] = [this.#asking, this.#order()];
    try {
      let page = await ipc.search(text, order, null, PAGE);
      // One that was given up before anything was found says where to go on: only the end has nothing more.
      while (page.hits.length === 0 && page.after !== null && asked === this.#asked) page = await ipc.search(text, order, page.after, PAGE);
      if (asked !== this.#asked) return;
      this.query = page.query;
      this.hits.begin(this.#page(page), async (after) => this.#page(await ipc.search(text, order, after, PAGE)), stay);
      this.settled = true;
      this.failed = false;
      if (this.hits.ended) this.count = { count: this.hits.known, exact: true };
      else if (!stay) this.count = null;
    } catch {
      if (asked !== this.#asked) return;
      this.failed = true;
      this.settled = true;
      return;
    }
    if (!this.hits.ended) await this.#tally(asked);
  }

  /** Counting comes after the hits: nobody waits for it. */
  async #tally(asked: number): Promise<void> {
    try {
      const count = await ipc.countFound(this.#asking);
      if (asked === this.#asked) this.count = count;
    } catch {
      // A count that cannot be had is not said.
      if (asked === this.#asked) this.count = null;
    }
  }

  #page(page: HitPage): { rows: readonly Hit[]; next: string | null } {
    return { rows: page.hits, next: page.after };
  }

  #forget(): void {
    this.query = null;
    this.count = null;
    this.settled = false;
    this.failed = false;
    this.hits.clear();
  }
}
