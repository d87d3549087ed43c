// Texts that the user is editing and has not saved. They outlive a switch of task, and a restart of the window: the page
// keeps them in its own storage until they are saved or given up.

import { SvelteMap } from 'svelte/reactivity';
import type { TaskId } from '../bindings';

export interface Draft {
  text: string;
  /** The version that editing began with. */
  version: number;
}

/** Where drafts outlive the window. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Milliseconds of rest after which a draft is put on the shelf. */
const REST = 400;

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return typeof draft?.text === 'string' && typeof draft.version === 'number';
}

export class Drafts {
  readonly #drafts = new SvelteMap<TaskId, Draft>();
  /** Tasks whose shelf has been looked at. */
  readonly #looked = new Set<TaskId>();
  readonly #timers = new Map<TaskId, ReturnType<typeof setTimeout>>();
  readonly #place: () => string;
  readonly #shelf: () => Shelf;

  /** `place` names the history, since each has tasks of the same numbers. */
  constructor(place: () => string, shelf: () => Shelf = () => localStorage) {
    this.#place = place;
    this.#shelf = shelf;
  }

  /** What is unsaved of a task. */
  of(id: TaskId): Draft | undefined {
    return this.#drafts.get(id);
  }

  /** Looks whether the last run left something. */
  look(id: TaskId): Draft | undefined {
    if (!this.#looked.has(id)) {
      this.#looked.add(id);
      const kept = this.#read(id);
      if (kept && !this.#drafts.has(id)) this.#drafts.set(id, kept);
    }
    return this.of(id);
  }

  put(id: TaskId, draft: Draft): void {
    this.#looked.add(id);
    this.#drafts.set(id, draft);
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(() => this.#keep(id), REST));
  }

  drop(id: TaskId): void {
    this.#drafts.delete(id);
    this.#keep(id);
  }

  /** Puts on the shelf what is not there yet: the window may close now. */
  flush(): void {
    for (const id of this.#timers.keys()) this.#keep(id);
  }

  /** Another history: its tasks are others. */
  clear(): void {
    this.flush();
    this.#drafts.clear();
    this.#looked.clear();
  }

  #key(id: TaskId): string {
    return `draft ${id} ${this.#place()}`;
  }

  #keep(id: TaskId): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const draft = this.#drafts.get(id);
    try {
      if (draft) this.#shelf().setItem(this.#key(id), JSON.stringify(draft));
      else this.#shelf().removeItem(this.#key(id));
    } catch {
      // A full shelf, or none: the draft still lives as long as the window.
    }
  }

  #read(id: TaskId): Draft | undefined {
    try {
      const kept: unknown = JSON.parse(this.#shelf().getItem(this.#key(id)) ?? 'null');
      return isDraft(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }
}
