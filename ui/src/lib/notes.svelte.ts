// The user's own words about tasks: saved when the typing rests, and never lost where saving fails.

import { SvelteMap } from 'svelte/reactivity';
import type { TaskId } from '../bindings';
import { AppError, ipc, type ErrorCode } from './ipc';

/** Milliseconds of rest after which a note is saved. */
const REST = 800;

export interface Typed {
  text: string;
  state: 'typing' | 'saving' | 'saved' | 'failed';
  /** Why it could not be saved. */
  failed: ErrorCode | null;
}

export class Notes {
  /** What was typed, by task; a saved one stays until its page is left, so that the field keeps its own undo. */
  readonly #typed = new SvelteMap<TaskId, Typed>();
  readonly #timers = new Map<TaskId, ReturnType<typeof setTimeout>>();
  /** Tasks whose note is being written right now. */
  readonly #writing = new Set<TaskId>();

  of(id: TaskId): Typed | undefined {
    return this.#typed.get(id);
  }

  type(id: TaskId, text: string): void {
    this.#typed.set(id, { text, state: 'typing', failed: null });
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(() => void this.save(id), REST));
  }

  /** Saves what is not saved yet. What is typed meanwhile is saved after it, never beside it. */
  async save(id: TaskId): Promise<void> {
    clearTimeout(this.#timers.get(id));
    const typed = this.#typed.get(id);
    if (!typed || typed.state === 'saved' || this.#writing.has(id)) return;
    const { text } = typed;
    this.#typed.set(id, { text, state: 'saving', failed: null });
    this.#writing.add(id);
    const failed = await ipc.saveNote(id, text).then(
      () => null,
      (err: unknown) => (err instanceof AppError ? err.code : ('internal' as const)),
    );
    this.#writing.delete(id);
    const now = this.#typed.get(id);
    if (now === undefined) return;
    if (now.text !== text) return this.save(id);
    this.#typed.set(id, { text, state: failed === null ? 'saved' : 'failed', failed });
  }

  /** The page of a task is left: what is not saved yet is, and what is saved is the task's own again. */
  async leave(id: TaskId): Promise<void> {
    await this.save(id);
    if (this.#typed.get(id)?.state === 'saved') this.#typed.delete(id);
  }

  /** Another history: its tasks are others. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#typed.clear();
  }
}
