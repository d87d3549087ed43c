// Rows that are read page behind page, each page by what the one before it answered. However many there are, only those
// near the view are kept; a page that was forgotten is read again by what it was read by.

import type { TaskId } from '../bindings';
import { Sparse } from './sparse';
import { Place } from './virtual';

/** Rows that are kept here at most. */
const MOST = 1000;
/** Rows behind the last known one that a view may ask for before the next page is here. */
const AHEAD = 20;

export interface CursorPage<Row, Cursor> {
  rows: readonly Row[];
  /** What the next page is read by; none at the end. */
  next: Cursor | null;
}

/** Reads the page behind a cursor, or the first one. */
export type Read<Row, Cursor> = (cursor: Cursor | null) => Promise<CursorPage<Row, Cursor>>;

export class CursorRows<Row, Cursor> {
  /** How many are known: up to the end of the last page that was read. */
  known = $state(0);
  /** Nothing lies behind the known ones. */
  ended = $state(true);
  /** The last read failed. */
  failed = $state(false);
  /** Where the list is looked at. */
  readonly place = new Place();
  /** Reads a page of what was begun with: its cursors mean nothing to anything else. */
  #read: Read<Row, Cursor> = () => Promise.resolve({ rows: [], next: null });
  readonly #rows: Sparse<Row>;
  #version = $state(0);
  /** Where each page begins, and what it is read by; the last one is the next to be read, unless all are. */
  #pages: { from: number; cursor: Cursor | null }[] = [];
  #wanted: [from: number, end: number] = [0, 0];
  #filling = false;
  /** Counts beginnings: a page of an earlier one is dropped. */
  #age = 0;

  constructor(idOf: (row: Row) => TaskId) {
    this.#rows = new Sparse(idOf);
  }

  at(place: number): Row | undefined {
    void this.#version;
    return this.#rows.get(place);
  }

  placeOf(id: TaskId): number | undefined {
    void this.#version;
    return this.#rows.placeOf(id);
  }

  /** Begins anew with a first page, and with what reads the others. `stay` keeps the place where the list is looked at. */
  begin(page: CursorPage<Row, Cursor>, read: Read<Row, Cursor>, stay = false): void {
    this.#age += 1;
    this.#read = read;
    this.#rows.clear();
    this.#pages = [{ from: 0, cursor: null }];
    this.known = 0;
    this.ended = false;
    this.failed = false;
    this.#append(page);
    this.place.recount(this.known);
    if (!stay) this.place.reset();
  }

  clear(): void {
    this.begin({ rows: [], next: null }, () => Promise.resolve({ rows: [], next: null }));
  }

  /** Asks for the rows at these places, and for what lies behind the last when they come near it. */
  want(from: number, end: number): void {
    this.#wanted = [from, end];
    void this.#fill();
  }

  /** The rows from one place to another, in order; those that were forgotten are read again. */
  async between(from: number, to: number): Promise<Row[]> {
    const age = this.#age;
    const rows: Row[] = [];
    for (let at = from; at <= to && at < this.known; ) {
      const here = this.#rows.get(at);
      if (here !== undefined) {
        rows.push(here);
        at += 1;
        continue;
      }
      const page = this.#pages.findLast((one) => one.from <= at);
      if (page === undefined) break;
      const end = Math.min(to + 1, this.#pages.find((other) => other.from > page.from)?.from ?? this.known);
      const answer = await this.#read(page.cursor);
      if (age !== this.#age) return [];
      const read = answer.rows.slice(at - page.from, end - page.from);
      if (read.length === 0) break;
      rows.push(...read);
      at += read.length;
    }
    return rows;
  }

  /** Puts another in the place of a row; answers whether it is here. */
  replace(id: TaskId, by: (row: Row) => Row): boolean {
    const at = this.#rows.placeOf(id);
    const row = at === undefined ? undefined : this.#rows.get(at);
    if (at === undefined || row === undefined) return false;
    this.#rows.put(at, [by(row)]);
    this.#version += 1;
    return true;
  }

  /** Takes a row out; answers whether it was here. */
  remove(id: TaskId): boolean {
    const at = this.#rows.placeOf(id);
    if (at === undefined) return false;
    this.#rows.remove(at);
    for (const page of this.#pages) if (page.from > at) page.from -= 1;
    this.known -= 1;
    this.place.splice(at, 1, 0);
    this.#version += 1;
    return true;
  }

  #append(page: CursorPage<Row, Cursor>): void {
    this.#rows.put(this.known, page.rows);
    this.known += page.rows.length;
    if (page.next === null) this.ended = true;
    else this.#pages.push({ from: this.known, cursor: page.next });
    this.#version += 1;
  }

  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      for (let page = this.#missing(); page !== null; page = this.#missing()) {
        const age = this.#age;
        const answer = await this.#read(page.cursor);
        if (age !== this.#age) continue;
        this.failed = false;
        if (page.from === this.known) {
          this.#append(answer);
          this.place.recount(this.known);
        } else {
          // What has been removed since then is not in the answer either, so that it fits.
          const end = this.#pages.find((other) => other.from > page.from)?.from ?? this.known;
          const rows = answer.rows.slice(0, end - page.from);
          this.#rows.put(page.from, rows);
          this.#version += 1;
          if (rows.length < end - page.from) break;
        }
        this.#rows.keepNear((this.#wanted[0] + this.#wanted[1]) >> 1, MOST, this.place.focus);
        // A page that brings nothing must not be asked for again and again.
        if (answer.rows.length === 0) break;
      }
    } catch {
      this.failed = true;
    } finally {
      this.#filling = false;
    }
  }

  /** The page to read next. */
  #missing(): { from: number; cursor: Cursor | null } | null {
    const [from, end] = this.#wanted;
    for (let at = Math.max(0, from); at < Math.min(end, this.known); at += 1) {
      if (this.#rows.get(at) === undefined) {
        const page = this.#pages.findLast((one) => one.from <= at);
        if (page !== undefined) return page;
      }
    }
    return !this.ended && end + AHEAD > this.known ? (this.#pages.at(-1) ?? null) : null;
  }
}
