// What was deleted and can still be brought back.

import type { Task, TaskChange, TaskId } from '../bindings';
import { CursorRows } from './cursor-rows.svelte';
import { ipc } from './ipc';

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

  #gone(id: TaskId): void {
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
