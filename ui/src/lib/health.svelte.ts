// How the providers do and what was spent, read from Rust while somebody looks.

import type { ProviderHealth, ProviderId, SpendMonth, TaskChange } from '../bindings';
import { ipc } from './ipc';

/** Milliseconds between two readings while the ledger is on screen, and while it is not. */
const SHOWN = 1000;
const HIDDEN = 15_000;
/** Milliseconds after the start before anything is read. */
const START = 3000;

export class Health {
  all = $state.raw<ProviderHealth[]>([]);
  loaded = $state(false);
  /** When it was read last. A token that expires is noticed at the next reading. */
  at = $state(Date.now());
  month = $state.raw<SpendMonth | null>(null);
  /** The month that the user picked; none for this one. */
  picked = $state<string | null>(null);
  /** The last reading failed, so that what is on screen may be old. */
  failed = $state(false);

  #shown = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #read = 0;
  /** Tells the answer to a newer question from that to an older one. */
  #turn = 0;

  of(id: ProviderId): ProviderHealth | undefined {
    return this.all.find((one) => one.provider === id);
  }

  /** A look at the states soon after the start, which must not wait for it. */
  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, START);
  }

  /** The ledger is on screen until the answer is called; it asks itself for the first reading. */
  show(): () => void {
    this.#shown = true;
    return () => {
      this.#shown = false;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** Tasks changed: reads again, all changes of a moment at once. Off screen only what may need the user counts. */
  changed(changes: readonly TaskChange[]): void {
    if (!this.#shown && !changes.some(matters)) return;
    this.later(this.#shown ? SHOWN : HIDDEN);
  }

  /** Reads again, at most once in `apart` milliseconds. */
  later(apart: number): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#read + apart - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, wait);
  }

  async pick(month: string): Promise<void> {
    this.picked = month;
    await this.load();
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.#turn += 1;
    this.all = [];
    this.month = null;
    this.picked = null;
    this.loaded = false;
    if (this.#shown) void this.load();
  }

  /** Reads what is shown: off screen the states alone. */
  async load(): Promise<void> {
    this.#read = Date.now();
    const turn = ++this.#turn;
    try {
      const [all, month] = await Promise.all([ipc.health(), this.#shown ? ipc.spendMonth(this.picked) : null]);
      if (turn !== this.#turn) return;
      this.all = all;
      this.at = Date.now();
      if (month !== null) this.month = month;
      this.loaded = true;
      this.failed = false;
    } catch {
      // What is there stays; the page says that it may be old.
      if (turn === this.#turn) this.failed = true;
    }
  }
}

/** Whether a change can make a provider need the user, or free it of that. */
function matters(change: TaskChange): boolean {
  if (change.kind !== 'saved') return change.kind === 'reload';
  const { state, wait } = change.task;
  return state === 'failed' || state === 'succeeded' || wait?.reason === 'key';
}
