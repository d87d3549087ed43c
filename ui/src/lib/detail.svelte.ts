// What lies open on the sheet: one task, or several that were pasted together.

import type { PasteId, Task, TaskChange, TaskDetail, TaskId } from '../bindings';
import { AppError, ipc } from './ipc';

/** Milliseconds of waiting after which ghosts are better than the old page. */
const LATE = 200;

export class Detail {
  /** The chosen task, also while its detail is still on its way. */
  id = $state<TaskId | null>(null);
  /** All of a paste lies open instead of a task. */
  paste = $state<PasteId | null>(null);
  /** What is known about it. Stays the old one's until the new one's has come. */
  value = $state.raw<TaskDetail | null>(null);
  /** Reading has taken longer than a moment: ghosts instead of the one shown before. */
  late = $state(false);
  /** It has been deleted, or never was. What lies in the trash still has its value. */
  gone = $state(false);
  /** The cover as a data URL. */
  cover = $state.raw<string | null>(null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What is on the page: the one shown before stays for the moment until the next one is here. */
  get shown(): TaskDetail | null {
    return this.late && this.value?.task.id !== this.id ? null : this.value;
  }

  /** Shows a task; none leaves the sheet blank. */
  async open(id: TaskId | null): Promise<void> {
    this.paste = null;
    if (id === this.id && this.value?.task.id === id) return;
    this.id = id;
    this.gone = false;
    clearTimeout(this.#timer);
    this.late = false;
    if (id === null) {
      this.value = null;
      this.cover = null;
      this.#asked += 1;
      return;
    }
    this.#timer = setTimeout(() => (this.late = true), LATE);
    await this.#read(id);
    if (this.id !== id) return;
    clearTimeout(this.#timer);
    this.late = false;
  }

  /** Shows several links that were pasted together. */
  openPaste(id: PasteId): void {
    if (this.paste === id) return;
    void this.open(null);
    this.paste = id;
  }

  /** Reads the open task anew, where it is this one. */
  async refresh(id: TaskId): Promise<void> {
    if (this.id === id) await this.#read(id);
  }

  /** Follows changes of the open task: the task at once, the rest by asking again. */
  apply(changes: readonly TaskChange[]): void {
    const id = this.id;
    if (id === null) return;
    let touched = false;
    for (const change of changes) {
      if (change.kind === 'reload' || (change.kind === 'removed' && change.id === id)) touched = true;
      if (change.kind === 'saved' && change.task.id === id) {
        touched = true;
        this.#merge(change.task);
      }
    }
    // Another task may have left the queue before this one.
    const queued = this.value?.task.state === 'queued';
    if (touched || (queued && changes.length > 0)) void this.#read(id);
  }

  #merge(task: Task): void {
    this.gone = task.deleted_at !== null;
    if (this.value?.task.id !== task.id) return;
    // While the text is still on its way, the page of the running task stays instead of an empty sheet.
    if (task.state === 'succeeded' && this.value.task.state !== 'succeeded') return;
    this.value = { ...this.value, task };
  }

  async #read(id: TaskId): Promise<void> {
    const asked = ++this.#asked;
    try {
      const value = await ipc.task(id);
      if (asked !== this.#asked) return;
      const other = this.value?.task.id !== id;
      this.value = value;
      this.gone = value.task.deleted_at !== null;
      if (other) this.cover = null;
      if (value.task.found.cover_url !== null && this.cover === null) void this.#readCover(id);
    } catch (err) {
      if (asked !== this.#asked) return;
      this.gone = err instanceof AppError && err.code === 'task_gone';
      if (this.gone) this.value = null;
    }
  }

  async #readCover(id: TaskId): Promise<void> {
    try {
      const cover = await ipc.cover(id);
      // A cover is an ornament; only an image may come in.
      if (this.id === id && cover?.startsWith('data:image/')) this.cover = cover;
    } catch {
      this.cover = null;
    }
  }
}
