// Texts that the user is editing and has not saved. They outlive a switch of task, and a restart of the window: the page
// keeps them in its own storage until they are saved or given up.

import { SvelteMap } from 'svelte/reactivity';
import type { Task, TaskId } from '../bindings';

export interface Draft {
  text: string;
  /** The version that editing began with. */
  version: number;
  /** The newest version at that time. */
  newest: number;
}

/** A draft as it lies on the shelf. */
interface Kept extends Draft {
  /** When its task was made: another history may have another task of that number. */
  made: number;
  /** When it was put there. */
  at: number;
}

/** Where drafts outlive the window. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Milliseconds of rest after which a draft is put on the shelf. */
const REST = 400;
/** Milliseconds after which a draft is forgotten, as what lies in the trash is. */
const OLD = 30 * 86_400_000;
const PREFIX = 'draft ';

type Of = Pick<Task, 'id' | 'created_at'>;

function isKept(value: unknown): value is Kept {
  const kept = value as Kept | null;
  return typeof kept?.text === 'string' && [kept.version, kept.newest, kept.made, kept.at].every((one) => typeof one === 'number');
}

export class Drafts {
  readonly #drafts = new SvelteMap<TaskId, Draft>();
  readonly #made = new Map<TaskId, number>();
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

  /** Tasks of this history of which something is unsaved, also since an earlier run. */
  ids(): TaskId[] {
    return [...new Set([...this.#drafts.keys(), ...this.#shelved()])];
  }

  /** Looks whether the last run left something. */
  look({ id, created_at }: Of): Draft | undefined {
    if (!this.#looked.has(id)) {
      if (this.#looked.size === 0) this.#sweep();
      this.#looked.add(id);
      const kept = this.#read(this.#key(id));
      if (kept?.made === created_at && !this.#drafts.has(id)) this.#drafts.set(id, { text: kept.text, version: kept.version, newest: kept.newest });
    }
    return this.of(id);
  }

  put({ id, created_at }: Of, draft: Draft): void {
    this.#looked.add(id);
    this.#made.set(id, created_at);
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

  /** Takes off the shelf what lies there of this history, which is about to go. What is answered puts it back. */
  forget(): () => void {
    this.flush();
    try {
      const shelf = this.#shelf();
      const keys = this.#shelved().map((id) => this.#key(id));
      const kept = keys.map((key) => shelf.getItem(key) ?? '');
      for (const key of keys) shelf.removeItem(key);
      return () => keys.forEach((key, at) => shelf.setItem(key, kept[at] ?? ''));
    } catch {
      // No shelf, so nothing lies on it.
      return () => undefined;
    }
  }

  #key(id: TaskId): string {
    return `${PREFIX}${id} ${this.#place()}`;
  }

  #keep(id: TaskId): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    const draft = this.#drafts.get(id);
    try {
      const kept = draft && { ...draft, made: this.#made.get(id) ?? 0, at: Date.now() };
      if (kept) this.#shelf().setItem(this.#key(id), JSON.stringify(kept));
      else this.#shelf().removeItem(this.#key(id));
    } catch {
      // A full shelf, or none: the draft still lives as long as the window.
    }
  }

  #shelved(): TaskId[] {
    try {
      const shelf = this.#shelf();
      const keys = Array.from({ length: shelf.length }, (_, at) => shelf.key(at) ?? '');
      const ids = keys.map((key) => Number(key.slice(PREFIX.length).split(' ', 1)[0]));
      return ids.filter((id, at) => keys[at] === this.#key(id));
    } catch {
      return [];
    }
  }

  #read(key: string): Kept | undefined {
    try {
      const kept: unknown = JSON.parse(this.#shelf().getItem(key) ?? 'null');
      return isKept(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  /** Forgets what has lain there for long, or cannot be read. */
  #sweep(): void {
    try {
      const shelf = this.#shelf();
      const keys = Array.from({ length: shelf.length }, (_, at) => shelf.key(at)).filter((key) => key?.startsWith(PREFIX));
      for (const key of keys) {
        const kept = this.#read(key ?? '');
        if (key && (!kept || kept.at < Date.now() - OLD)) shelf.removeItem(key);
      }
    } catch {
      // No shelf, so nothing lies on it.
    }
  }
}
