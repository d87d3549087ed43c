// Several links that were pasted together, as far as they are looked at: read when they are drawn, then followed.

import { SvelteMap } from 'svelte/reactivity';
import type { Paste, PasteId, Retried, TaskChange, TaskId } from '../bindings';
import { AppError, ipc } from './ipc';
import { isLive } from './paste-words';
import { codeOf, titleOf } from './task';

/** Pastes that are kept though nobody looks at them. */
const MOST = 200;
/** Milliseconds that a paste is looked at before it is read: those that only fly past are not. */
const GLANCE = 30;
/** Milliseconds between two reads of one that changes all the time. */
const PAUSE = 1000;
/** Tasks whose texts are asked for at once. */
const TOGETHER = 8;

/** What is read of a paste, and when. */
export interface Known {
  paste: Paste;
  /** When `left_s` was said. */
  at: number;
}

export class Pastes {
  readonly #known = new SvelteMap<PasteId, Known>();
  /** Pastes that are gone: their tasks lie in the trash, or were deleted. */
  readonly #gone = new SvelteMap<PasteId, true>();
  /** How many look at a paste. */
  readonly #watched = new Map<PasteId, number>();
  /** Counts what is heard of each: a paste that was on its way meanwhile may be older than what is here. */
  readonly #heard = new Map<PasteId, number>();
  readonly #reading = new Set<PasteId>();
  readonly #timers = new Map<PasteId, ReturnType<typeof setTimeout>>();
  readonly #rested: (paste: Paste) => void;

  /** `rested` hears of each paste all of whose tasks have ended in our sight. */
  constructor(rested: (paste: Paste) => void = () => undefined) {
    this.#rested = rested;
  }

  /** A paste, where it is here. */
  of(id: PasteId): Paste | undefined {
    return this.#known.get(id)?.paste;
  }

  /** Seconds that all of it still takes, as far as that is known. */
  left(id: PasteId, now: number): number | null {
    const known = this.#known.get(id);
    if (known === undefined || known.paste.left_s === null) return null;
    return Math.max(0, known.paste.left_s - (now - known.at) / 1000);
  }

  /** Whether none of its tasks is left. */
  gone(id: PasteId): boolean {
    return this.#gone.has(id);
  }

  /** Reads a paste, unless it is here, and follows it until the answer is called. */
  watch(id: PasteId): () => void {
    this.#watched.set(id, (this.#watched.get(id) ?? 0) + 1);
    if (!this.#known.has(id)) this.#later(id);
    return () => {
      const left = (this.#watched.get(id) ?? 1) - 1;
      if (left > 0) this.#watched.set(id, left);
      else this.#watched.delete(id);
      this.#forget();
    };
  }

  /** Takes changes of tasks. */
  apply(changes: readonly TaskChange[]): void {
    const changed = new Map<PasteId, Paste>();
    const touch = (id: PasteId, change: (paste: Paste) => Paste): void => {
      this.#heard.set(id, (this.#heard.get(id) ?? 0) + 1);
      const paste = changed.get(id) ?? this.of(id);
      if (paste !== undefined) changed.set(id, change(paste));
      // Also where none of its tasks has changed: something of the paste itself has.
      if (this.#watched.has(id)) this.#later(id);
    };
    for (const change of changes) {
      if (change.kind === 'reload') this.#reload();
      else if (change.kind === 'removed') for (const id of this.#holding(change.id)) touch(id, (paste) => without(paste, change.id));
      else {
        const { task } = change;
        touch(task.paste, (paste) => (task.deleted_at === null ? withTask(paste, task) : without(paste, task.id)));
      }
    }
    for (const [id, paste] of changed) this.#put(paste, this.#known.get(id)?.at);
  }

  async pause(id: PasteId): Promise<void> {
    this.#take(await ipc.pausePaste(id));
  }

  async resume(id: PasteId): Promise<void> {
    this.#take(await ipc.resumePaste(id));
  }

  /** None takes the name away. */
  async rename(id: PasteId, name: string | null): Promise<void> {
    this.#take(await ipc.namePaste(id, name));
  }

  /** Cancels what is not submitted yet, which costs nothing. Answers how many these were. */
  async cancelWaiting(id: PasteId): Promise<number> {
    const count = await ipc.cancelWaiting(id);
    await this.#read(id);
    return count;
  }

  async retryFailed(id: PasteId): Promise<Retried> {
    const retried = await ipc.retryFailed(id);
    await this.#read(id);
    return retried;
  }

  /** The texts of all of it in the order of the links, each under its title, a blank line between them. */
  async texts(id: PasteId): Promise<{ text: string; count: number; words: number }> {
    const tasks = (this.of(id)?.tasks ?? []).filter((task) => task.state === 'succeeded' && task.words !== null);
    const texts: string[] = [];
    for (let at = 0; at < tasks.length; at += TOGETHER) {
      const details = await Promise.all(tasks.slice(at, at + TOGETHER).map((task) => ipc.task(task.id)));
      for (const { task, transcripts } of details) texts.push(`${titleOf(task) ?? codeOf(task)}\n${transcripts.at(-1)?.text ?? ''}`);
    }
    return { text: texts.join('\n\n'), count: tasks.length, words: tasks.reduce((sum, task) => sum + (task.words ?? 0), 0) };
  }

  /** Forgets everything, for another store. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#known.clear();
    this.#gone.clear();
    for (const id of this.#heard.keys()) this.#heard.set(id, (this.#heard.get(id) ?? 0) + 1);
  }

  #take(paste: Paste): void {
    this.#heard.set(paste.id, (this.#heard.get(paste.id) ?? 0) + 1);
    this.#put(paste);
  }

  #put(paste: Paste, at = Date.now()): void {
    const before = this.of(paste.id);
    this.#known.set(paste.id, { paste, at });
    if (paste.tasks.length === 0) this.#gone.set(paste.id, true);
    else this.#gone.delete(paste.id);
    if (before !== undefined && paste.tasks.length > 1 && isLive(before.tasks) && !isLive(paste.tasks)) this.#rested(paste);
  }

  async #read(id: PasteId): Promise<void> {
    if (this.#reading.has(id)) return this.#later(id);
    this.#reading.add(id);
    const heard = this.#heard.get(id) ?? 0;
    try {
      const paste = await ipc.paste(id);
      // What is here already is newer than what was read before it changed.
      if (heard === (this.#heard.get(id) ?? 0)) this.#put(paste);
      else this.#later(id);
    } catch (err) {
      if (err instanceof AppError && err.code === 'task_gone') this.#gone.set(id, true);
    } finally {
      this.#reading.delete(id);
    }
  }

  #later(id: PasteId): void {
    if (this.#timers.has(id)) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(id);
        if (this.#watched.has(id)) void this.#read(id);
      },
      this.#known.has(id) ? PAUSE : GLANCE,
    );
    this.#timers.set(id, timer);
  }

  /** Another process wrote, or very much has changed. */
  #reload(): void {
    for (const id of [...this.#known.keys()]) {
      this.#heard.set(id, (this.#heard.get(id) ?? 0) + 1);
      if (!this.#watched.has(id)) this.#known.delete(id);
    }
    for (const id of this.#watched.keys()) void this.#read(id);
  }

  #holding(task: TaskId): PasteId[] {
    return [...this.#known].flatMap(([id, { paste }]) => (paste.tasks.some((one) => one.id === task) ? [id] : []));
  }

  #forget(): void {
    for (const id of [...this.#known.keys()]) {
      if (this.#known.size <= MOST) return;
      if (!this.#watched.has(id)) this.#known.delete(id);
    }
  }
}

function withTask(paste: Paste, task: Paste['tasks'][number]): Paste {
  const at = paste.tasks.findIndex((one) => one.id === task.id);
  const tasks = at < 0 ? [...paste.tasks, task].sort((one, other) => one.id - other.id) : paste.tasks.with(at, task);
  return { ...paste, tasks };
}

function without(paste: Paste, task: TaskId): Paste {
  return { ...paste, tasks: paste.tasks.filter((one) => one.id !== task) };
}
