// The tasks on screen. Rust owns them; this is a copy that follows its events.

import type { Desk, Task, TaskChange, TaskId, TaskPage } from '../bindings';
import { ipc } from './ipc';
import { deskOf } from './task';

/** Tasks asked for at once. */
const PAGE = 60;

export class Tasks {
  /** The desk whose tasks these are. */
  readonly #desk: Desk;
  /** Newest first, as far as they have been read. */
  all = $state.raw<Task[]>([]);
  /** How many there are in all. */
  total = $state(0);
  /** The first page has been read. */
  loaded = $state(false);
  /** The last read failed. */
  failed = $state(false);
  /** The next page is asked for before this one; none at the end. */
  #before: TaskId | null = null;
  #reading = false;
  /** Something changed while a page was on its way, so that the page may be older than what is on screen. */
  #overtaken = false;
  /** Loads asked for while one was under way. */
  #again = false;

  constructor(desk: Desk = 'texts') {
    this.#desk = desk;
  }

  /** More tasks lie behind the last one. */
  get more(): boolean {
    return this.#before !== null;
  }

  task(id: TaskId): Task | undefined {
    return this.all.find((task) => task.id === id);
  }

  /** Takes a first page that was read elsewhere. */
  begin(page: TaskPage): void {
    this.all = page.tasks;
    this.total = page.total;
    this.#before = page.before;
    this.loaded = true;
    this.failed = false;
  }

  /** Reads as many tasks again as are on screen, at least one page. */
  async load(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#again = false;
        this.#overtaken = false;
        const page = await ipc.tasks(this.#desk, null, Math.max(PAGE, this.all.length));
        if (!this.#overtaken) this.begin(page);
      } while (this.#again || this.#overtaken);
    } catch {
      this.failed = true;
    } finally {
      this.#reading = false;
    }
  }

  /** Reads the page behind the last task. */
  async loadMore(): Promise<void> {
    const before = this.#before;
    if (before === null || this.#reading) return;
    this.#reading = true;
    try {
      const page = await ipc.tasks(this.#desk, before, PAGE);
      const known = new Set(this.all.map((task) => task.id));
      this.all = [...this.all, ...page.tasks.filter((task) => !known.has(task.id))];
      this.total = page.total;
      this.#before = page.before;
    } catch {
      this.failed = true;
    } finally {
      this.#reading = false;
    }
    if (this.#again) await this.load();
  }

  /** Merges a batch of changes. Asks for everything anew where another process wrote. */
  apply(changes: readonly TaskChange[]): void {
    this.#overtaken = true;
    let all = this.all;
    for (const change of changes) {
      switch (change.kind) {
        case 'saved':
          // Every desk hears of every task.
          if (deskOf(change.task.operation) === this.#desk) all = this.#with(all, change.task);
          break;
        case 'removed':
          all = this.#without(all, change.id);
          break;
        case 'reload':
          void this.load();
          break;
      }
    }
    this.all = all;
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.begin({ tasks: [], total: 0, before: null });
    this.loaded = false;
  }

  #with(all: Task[], task: Task): Task[] {
    // A known one stays where it stands, whatever the order says: no task may be in the list twice.
    const known = all.findIndex((one) => one.id === task.id);
    if (known >= 0) return all.with(known, task);
    const at = all.findIndex((one) => follows(one, task));
    // Behind the last one that was read: it comes with its page.
    if (at < 0 && this.#before !== null) return all;
    this.total += 1;
    return at < 0 ? [...all, task] : all.toSpliced(at, 0, task);
  }

  #without(all: Task[], id: TaskId): Task[] {
    const left = all.filter((task) => task.id !== id);
    if (left.length < all.length) this.total = Math.max(left.length, this.total - 1);
    // It may be one behind the last that was read, or stand in the list of another desk.
    else if (this.#before !== null) void this.load();
    return left;
  }
}

/** Whether a task stands behind another: the newest paste comes first, within a paste the order of its links. */
function follows(task: Task, other: Task): boolean {
  return task.paste === other.paste ? task.id > other.id : task.paste < other.paste;
}
