// One collection of what a provider keeps for the user, as far as it has been read.

import type { Collection, CollectionCall, Item, Items, ProviderId, Verb } from '../../bindings';
import { AppError, ipc, type Input } from '../ipc';
import type { Choosable } from './source';

/** Milliseconds after which a list that was refused for lack of calls is asked for again, where nobody says when. */
const BUSY_WAIT = 15_000;
/** Times that it is asked for again by itself. */
const BUSY_TRIES = 6;

/** Little more than its id came back: the whole of it is in the list. */
function isBare(item: Item): boolean {
  return item.text === null && item.facts.length === 0;
}

export class Shelf implements Choosable {
  readonly collection: Collection;
  items = $state.raw<readonly Item[]>([]);
  /** It has been read at least once. */
  loaded = $state(false);
  reading = $state(false);
  /** Why the last read failed. */
  error = $state.raw<AppError | null>(null);
  /** When a list that had to wait for its turn is asked for again. */
  againAt = $state<number | null>(null);
  /** The list goes on behind the last one. */
  more = $state(false);
  total = $state<number | null>(null);
  #page = 1;
  #asked = 0;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #filter: Input = {};

  constructor(collection: Collection) {
    this.collection = collection;
  }

  get provider(): ProviderId {
    return this.collection.provider;
  }

  call(verb: Verb): CollectionCall | undefined {
    return this.collection.calls.find((call) => call.verb === verb);
  }

  /** Reads it the first time that somebody looks. */
  want(): void {
    if (!this.loaded && !this.reading && this.error === null) void this.load();
  }

  /** Reads it from the start, with another filter where one is given. */
  async load(filter: Input = this.#filter): Promise<void> {
    this.#filter = filter;
    this.#page = 1;
    await this.#read(filter, (fresh) => {
      this.items = fresh;
    });
  }

  /** Reads what lies behind the last item. */
  async loadMore(): Promise<void> {
    if (!this.more || this.reading) return;
    this.#page += 1;
    await this.#read({ ...this.#filter, page: this.#page }, (fresh) => {
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...fresh.filter((item) => !known.has(item.id))];
    });
  }

  /**
   * Changes an item or makes one, and shows what became of it. Nothing is sent twice: where it is not known whether it
   * was done, the list is read again and the error goes on.
   */
  async change(verb: Verb, id: string | null, input: Input): Promise<Items> {
    try {
      const answer = await ipc.collectionCall(this.provider, this.collection.name, verb, id, input);
      this.#took(verb, id, answer);
      return answer;
    } catch (err) {
      if (err instanceof AppError && err.code === 'uncertain_call') void this.load();
      throw err;
    }
  }

  /** Stops asking by itself. */
  close(): void {
    clearTimeout(this.#timer);
    this.againAt = null;
  }

  #took(verb: Verb, id: string | null, { items }: Items): void {
    const [item] = items;
    if (verb === 'delete') {
      this.items = this.items.filter((one) => one.id !== id);
      if (this.total !== null) this.total -= 1;
    } else if (verb === 'refresh' || !item || isBare(item)) {
      void this.load();
    } else if (this.items.some((one) => one.id === item.id)) {
      this.items = this.items.map((one) => (one.id === item.id ? item : one));
    } else {
      this.items = [item, ...this.items];
      if (this.total !== null) this.total += 1;
    }
  }

  async #read(input: Input, take: (items: Item[]) => void): Promise<void> {
    const asked = ++this.#asked;
    this.close();
    this.reading = true;
    try {
      const answer = await ipc.collectionCall(this.provider, this.collection.name, 'list', null, input);
      if (asked !== this.#asked) return;
      take(answer.items);
      this.more = answer.has_more;
      this.total = answer.total;
      this.loaded = true;
      this.error = null;
      this.#tries = 0;
    } catch (err) {
      if (asked !== this.#asked) return;
      this.error = err instanceof AppError ? err : new AppError('internal', String(err));
      if (this.error.code === 'busy_call' && this.#tries < BUSY_TRIES) this.#later(this.error, input, take);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  #later(error: AppError, input: Input, take: (items: Item[]) => void): void {
    this.#tries += 1;
    this.againAt = Math.max(error.until ?? Date.now() + BUSY_WAIT, Date.now() + 1000);
    this.#timer = setTimeout(() => void this.#read(input, take), this.againAt - Date.now());
  }
}
