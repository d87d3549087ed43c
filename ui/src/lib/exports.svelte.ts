// Tasks on their way into files. Rust owns them; this is a copy that follows its events.

import type { Export, ExportOrder } from '../bindings';
import { ipc } from './ipc';

export class Exports {
  /** Newest first. */
  all = $state.raw<Export[]>([]);
  /** The one that the open dialog shows, so that nothing else says how it went. */
  shown = $state<number | null>(null);

  /** How many are under way. */
  running = $derived(this.all.filter((one) => one.state === 'running').length);

  /** The user's template while it is not used. */
  template: string | null = null;

  /** What was asked for in this window, so that it can be asked for again elsewhere. */
  readonly #orders = new Map<number, ExportOrder>();

  of(id: number): Export | undefined {
    return this.all.find((one) => one.id === id);
  }

  order(id: number): ExportOrder | undefined {
    return this.#orders.get(id);
  }

  async load(): Promise<void> {
    const all = await ipc.exports();
    // What an event said in between is newer.
    this.apply(all.filter((one) => this.of(one.id) === undefined));
  }

  apply(changes: readonly Export[]): void {
    const all = new Map(this.all.map((one) => [one.id, one]));
    for (const change of changes) all.set(change.id, change);
    this.all = [...all.values()].sort((a, b) => b.id - a.id);
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.all = [];
    this.shown = null;
    this.#orders.clear();
  }

  async start(order: ExportOrder): Promise<Export> {
    const made = await ipc.startExport(order);
    this.#orders.set(made.id, order);
    // A short one has ended before its answer came.
    if (this.of(made.id) === undefined) this.apply([made]);
    return this.of(made.id) ?? made;
  }
}
