// What was deleted and can still be brought back.

import type { Task, TaskChange, TaskId, Timestamp } from '../bindings';
import { CursorRows } from './cursor-rows.svelte';
import { ipc } from './ipc';
import { Select } from './select.svelte';

/** Tasks asked for at once. */
const PAGE = 60;
const DAY = 86_400_000;
/** Days that a deleted task stays. */
const KEPT = 30;

export class Trash {
  /** How many there are in all. */
  total = $state(0);
  loaded = $state(false);
  failed = $state(false);
  readonly rows = new CursorRows<Task, TaskId>((task) => task.id);

  readonly select = new Select();

  /** Reads it from its beginning. */
  async load(): Promise<void> {
    try {
      const page = await this.#read(null);
      this.rows.begin(page, (before) => this.#read(before), this.loaded);
      this.loaded = true;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  /** Forgets what has left the trash. */
  apply(changes: readonly TaskChange[]): void {
    if (!this.loaded) return;
    let unknown = false;
    for (const change of changes) {
      if (change.kind === 'saved' && change.task.deleted_at === null) this.#gone(change.task.id);
      else if (change.kind === 'saved') this.rows.replace(change.task.id, () => change.task);
      else unknown = true;
    }
    if (unknown) void this.load();
  }

  /** Takes everything out, one act after the other; answers how many there were. */
  async restoreAll(): Promise<number> {
    let restored = 0;
    for (;;) {
      const { tasks } = await ipc.trash(null, PAGE);
      let taken = 0;
      for (const at of new Set(tasks.map((task) => task.deleted_at))) taken += at === null ? 0 : await ipc.restoreTrashed(at);
      if (taken === 0) return restored;
      restored += taken;
    }
  }

  /** What stands above a row, if anything does: the act that it was deleted by, or that those from here on were single ones. */
  headAt(row: number): { at: Timestamp; many: boolean } | null {
    const at = this.rows.at(row)?.deleted_at ?? null;
    const above = this.rows.at(row - 1)?.deleted_at ?? null;
    if (at === null || at === above) return null;
    const many = this.rows.at(row + 1)?.deleted_at === at;
    const behindMany = above !== null && this.rows.at(row - 2)?.deleted_at === above;
    return many || behindMany ? { at, many } : null;
  }

  #gone(id: TaskId): void {
    this.select.forget([id]);
    if (this.rows.remove(id)) this.total = Math.max(0, this.total - 1);
  }

  async #read(before: TaskId | null): Promise<{ rows: Task[]; next: TaskId | null }> {
    const page = await ipc.trash(before, PAGE);
    this.total = page.total;
    return { rows: page.tasks, next: page.before };
  }
}

/** Whether it is kept in any case, as it may have been paid for and has not ended. */
export function mayBePaid(task: Pick<Task, 'state'>): boolean {
  return task.state === 'submitting' || task.state === 'running' || task.state === 'uncertain';
}

/** Whole days until it is deleted for ever; 0 on the last one. */
export function daysLeft(task: Pick<Task, 'deleted_at'>, now: number): number {
  const gone = task.deleted_at === null ? 0 : Math.floor((now - task.deleted_at) / DAY);
  return Math.max(0, KEPT - gone);
}
