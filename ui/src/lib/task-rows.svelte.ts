// The tasks of the list by their place. However many there are, only those near the view are here; Rust owns them all.

import type { Task, TaskChange, TaskId, TaskPage } from '../bindings';
import { ipc } from './ipc';
import { Sparse } from './sparse';
import { deskOf } from './task';
import { Place } from './virtual';

/** Tasks asked for at once. */
const PAGE = 100;
/** Tasks that are kept here at most. */
const MOST = 1000;
/** Tasks read at once where only their ids are wanted. */
const LARGE_PAGE = 500;

const DESK = 'texts';

export class TaskRows {
  /** How many there are in all. */
  total = $state(0);
  /** The first page has been read. */
  loaded = $state(false);
  /** The last read failed. */
  failed = $state(false);
  /** Where the list is looked at. */
  readonly place = new Place();
  readonly #rows = new Sparse<Task>((task) => task.id);
  /** Counts changes: what reads a task follows them. */
  #version = $state(0);
  /** Places that are wanted, `[from, end)`. */
  #wanted: [from: number, end: number] = [0, 0];
  #filling = false;
  #reading = false;
  /** Counts what is heard: a page that was on its way meanwhile may be older than what is on screen. */
  #heard = 0;
  /** Loads asked for while one was under way. */
  #again = false;

  /** The tasks that are here, in order. */
  get all(): Task[] {
    void this.#version;
    return this.#rows.places().flatMap((at) => this.#rows.get(at) ?? []);
  }

  /** The task at a place, where it is here. */
  at(place: number): Task | undefined {
    void this.#version;
    return this.#rows.get(place);
  }

  task(id: TaskId): Task | undefined {
    const place = this.placeOf(id);
    return place === undefined ? undefined : this.#rows.get(place);
  }

  /** Where a task stands, if it is here. */
  placeOf(id: TaskId): number | undefined {
    void this.#version;
    return this.#rows.placeOf(id);
  }

  /** Takes a first page that was read elsewhere. */
  begin(page: TaskPage): void {
    this.#rows.clear();
    this.#take(0, page);
    this.place.recount(this.total);
  }

  /** Asks for the tasks at these places, and some around them. */
  want(from: number, end: number): void {
    this.#wanted = [from, end];
    void this.#fill();
  }

  /** The task at a place, read where it is not here. */
  async read(place: number): Promise<Task | undefined> {
    if (place < 0 || place >= this.total) return undefined;
    if (this.#rows.get(place) === undefined) {
      this.#wanted = [place, place + 1];
      await this.#fill();
    }
    return this.#rows.get(place);
  }

  /** The ids from one place to another, in order, also of those that are not here. */
  async ids(from: number, to: number): Promise<TaskId[]> {
    const ids: TaskId[] = [];
    for (let at = from; at <= to; ) {
      const here = this.#rows.get(at);
      if (here !== undefined) {
        ids.push(here.id);
        at += 1;
        continue;
      }
      const { tasks } = await ipc.tasksAt(DESK, at, Math.min(LARGE_PAGE, to - at + 1));
      if (tasks.length === 0) break;
      ids.push(...tasks.map((task) => task.id));
      at += tasks.length;
    }
    return ids;
  }

  /** Reads again what is near the view, and how many there are. */
  async load(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    let heard: number;
    try {
      do {
        this.#again = false;
        heard = this.#heard;
        const anchor = this.#rows.get(this.place.row)?.id;
        const from = Math.max(0, this.place.row - PAGE / 2);
        let page = await ipc.tasksAt(DESK, from, PAGE);
        // The list may have become so much shorter that nothing is there any more.
        const begin = page.tasks.length === 0 ? 0 : from;
        if (begin !== from) page = await ipc.tasksAt(DESK, begin, PAGE);
        if (heard === this.#heard) this.#reset(begin, page, anchor);
      } while (this.#again || heard !== this.#heard);
    } catch {
      this.failed = true;
    } finally {
      this.#reading = false;
    }
    void this.#fill();
  }

  /** Merges a batch of changes. Asks anew where another process wrote. */
  apply(changes: readonly TaskChange[]): void {
    this.#heard += 1;
    for (const change of changes) {
      switch (change.kind) {
        case 'saved':
          // Every desk hears of every task.
          if (deskOf(change.task.operation) === DESK) this.#save(change.task);
          break;
        case 'removed':
          this.#remove(change.id);
          break;
        case 'reload':
          void this.load();
          break;
      }
    }
    this.#version += 1;
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.begin({ tasks: [], total: 0, before: null });
    this.loaded = false;
    this.#heard += 1;
  }

  #take(from: number, page: TaskPage): void {
    this.#rows.put(from, page.tasks);
    this.total = page.total;
    this.loaded = true;
    this.failed = false;
    this.#version += 1;
  }

  #reset(from: number, page: TaskPage, anchor: TaskId | undefined): void {
    const { place } = this;
    const before = place.row;
    const focused = place.focus === null ? undefined : this.#rows.get(place.focus);
    this.#rows.clear();
    this.#take(from, page);
    const now = anchor === undefined || place.atTop ? before : (this.#rows.placeOf(anchor) ?? before);
    // The row that was at the top of the view stays there, though others came or went above it.
    if (now > before) place.splice(0, 0, now - before);
    else if (now < before) place.splice(0, before - now, 0);
    place.recount(page.total);
    // The row with the focus stays, wherever the view is.
    if (focused !== undefined && place.focus !== null && this.#rows.placeOf(focused.id) === undefined && this.#rows.get(place.focus) === undefined) {
      this.#rows.put(place.focus, [focused]);
    }
  }

  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    // A list that another process changes all the time is given up for now; the next look goes on.
    let patience = 5;
    try {
      for (let missing = this.#missing(); missing !== null && patience > 0; missing = this.#missing()) {
        const heard = this.#heard;
        const from = missing - (missing % PAGE);
        const page = await ipc.tasksAt(DESK, from, PAGE);
        if (heard !== this.#heard) continue;
        if (page.total !== this.total || page.tasks.length === 0) {
          // Someone wrote of whom we have not heard yet.
          patience -= 1;
          await this.load();
          continue;
        }
        this.#take(from, page);
        // What was promised and did not come must not be asked for again and again.
        if (this.#rows.get(missing) === undefined) break;
        this.#rows.keepNear((this.#wanted[0] + this.#wanted[1]) >> 1, MOST, this.place.focus);
      }
    } catch {
      this.failed = true;
    } finally {
      this.#filling = false;
    }
  }

  /** The first wanted place that is not filled; those in the view come before those around it. */
  #missing(): number | null {
    const [from, end] = this.#wanted;
    if (from === end) return null;
    for (const [first, last] of [[from, end], [from - PAGE / 4, end + PAGE / 4]] as const) {
      for (let at = Math.max(0, first); at < Math.min(this.total, last); at += 1) {
        if (this.#rows.get(at) === undefined) return at;
      }
    }
    return null;
  }

  #save(task: Task): void {
    const known = this.#rows.placeOf(task.id);
    // A known one stays where it stands, whatever the order says.
    if (known !== undefined) return this.#rows.put(known, [task]);
    const place = this.#placeFor(task);
    // It may be one that is only not here, or a new one above rows that are: the history knows.
    if (place === null) return void this.load();
    this.#rows.insert(place, task);
    this.total += 1;
    this.place.splice(place, 0, 1);
  }

  /** Where an unknown task belongs; none where its neighbours are not here, so that it may be one of those. */
  #placeFor(task: Task): number | null {
    const places = this.#rows.places();
    const behind = places.find((at) => follows(this.#rows.get(at), task)) ?? this.total;
    if (behind === 0 || this.#rows.get(behind - 1) !== undefined) return behind;
    return null;
  }

  #remove(id: TaskId): void {
    const place = this.#rows.placeOf(id);
    if (place === undefined) {
      // It may be one that is not here, or stand in the list of another desk.
      if (this.#rows.size < this.total) void this.load();
      return;
    }
    this.#rows.remove(place);
    this.total = Math.max(0, this.total - 1);
    this.place.splice(place, 1, 0);
  }
}

/**
 * Whether a task stands behind another: the newest paste comes first, within a paste the order of its links. What was
 * brought from another history stands at its own time.
 */
function follows(task: Task | undefined, other: Task): boolean {
  if (task === undefined) return false;
  if (task.paste === other.paste) return task.id > other.id;
  if (task.imported || other.imported) return task.created_at < other.created_at;
  return task.paste < other.paste;
}
