// The paste box: its text, what was found in it, and what would be submitted.

import type { Chip, Detection, Notice, Operation, ProviderId, ProviderView, Submission } from '../bindings';
import { ipc, type Input } from './ipc';
import { carried, type Span } from './mirror';
import { serves } from './providers.svelte';

/** Why a link is nothing to submit. */
export type Refusal = 'unknown_site' | 'not_a_work' | 'unserved';

/** What is asked besides the operation. */
export interface Asked {
  target: string | null;
  input: Input;
  shares: (links: number) => boolean;
}

/** A box as it was, for taking a clearing back. */
interface Kept {
  text: string;
  removed: ReadonlySet<string>;
  again: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** A short link is followed once the text has stood still for this long. */
const STILL_MS = 250;
/** A submission waits at most this long for what short links lead to: longer for many, since they are asked in turn. */
const patience = (links: number): number => Math.min(1500 + 100 * links, 6000);

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export class Paste {
  /** What will be asked about the links: history has a video per operation. */
  readonly #operation: () => Operation;
  /** Who would be asked; none while no provider is set up. */
  readonly #provider: () => ProviderView | undefined;
  text = $state('');
  /** URLs that the user took out. */
  removed = $state.raw<ReadonlySet<string>>(NONE);
  /** URLs that the user wants although history has them. */
  again = $state.raw<ReadonlySet<string>>(NONE);
  /** The user said that what looks like a key is none. */
  unmasked = $state(false);
  /** The newest answer, and the text it is about. */
  #found = $state.raw<{ text: string; detection: Detection } | null>(null);
  #asked = 0;
  #newest: Promise<void> = Promise.resolve();
  /** Short links of the text in the box are being followed. */
  #following: Promise<void> = Promise.resolve();

  constructor(operation: () => Operation, provider: () => ProviderView | undefined) {
    this.#operation = operation;
    this.#provider = provider;
  }

  /** What is in the box now has been looked at. */
  settled = $derived(this.#found?.text === this.text);

  /** What was found; stays the older answer until a newer one is here, so that nothing flickers. */
  detection = $derived(this.text.trim() === '' ? null : (this.#found?.detection ?? null));

  notice: Notice | null = $derived(this.unmasked ? null : (this.detection?.notice ?? null));

  /** What looks like a key is shown as dots. */
  masked = $derived(this.notice === 'looks_like_secret');

  /** Parts of the text to ink. */
  spans = $derived.by((): readonly Span[] => {
    if (this.#found === null) return [];
    const { text, detection } = this.#found;
    return text === this.text ? detection.spans : carried(text, this.text, detection.spans);
  });

  /** The links to show, without those that were taken out. */
  chips: Chip[] = $derived((this.detection?.chips ?? []).filter((chip) => !this.removed.has(chip.link.url)));

  /** Links that were torn apart: too little is left of them to be asked about. */
  torn = $derived(this.detection === null ? 0 : tornLinks(this.text, this.spans));

  /** The URLs that a submission makes tasks of. */
  urls = $derived(this.chips.filter((chip) => this.#counts(chip)).map((chip) => chip.link.url));

  /** Links that history already has and that are not asked for again. */
  known = $derived(this.chips.filter((chip) => !chip.not_a_work && chip.known !== null && !this.#counts(chip)));

  /** New links that the provider in the box does not serve, or nobody knows. */
  unserved = $derived(
    this.chips.filter((chip) => {
      const refusal = this.refusal(chip);
      return chip.known === null && (refusal === 'unserved' || refusal === 'unknown_site');
    }),
  );

  /** Puts a text into the box and looks for links in it. */
  async set(text: string): Promise<void> {
    if (text === this.text) return;
    this.text = text;
    if (text.trim() === '') {
      this.#forget();
      return;
    }
    await this.#look();
  }

  /** Adds a pasted text: below what is there already. */
  async add(text: string): Promise<void> {
    await this.set(this.text.trim() === '' ? text : `${this.text.trimEnd()}\n${text}`);
  }

  /** Looks again, since history may know more now. */
  async refresh(): Promise<void> {
    if (this.text.trim() !== '') await this.#look();
  }

  /** Waits until the text that is in the box now has been looked at, and a little for what its short links lead to. */
  async settle(): Promise<void> {
    while (!this.settled && this.text.trim() !== '') {
      const newest = this.#newest;
      await newest;
      if (newest === this.#newest) break;
    }
    const late = wait(patience(this.chips.length)).then(() => true);
    let following: Promise<void>;
    do {
      following = this.#following;
      if ((await Promise.race([following.then(() => false), late])) === true) {
        // What was learned of the other links by now is in the history already.
        await this.#lookOnce();
        return;
      }
      // Something looked again meanwhile: its links are being followed.
    } while (following !== this.#following);
  }

  async #lookOnce(): Promise<void> {
    const asked = this.#asked;
    const text = this.text;
    const detection = await ipc.detectLinks(text, this.#operation());
    if (asked === this.#asked) this.#found = { text, detection };
  }

  remove(url: string): void {
    this.removed = new Set([...this.removed, url]);
  }

  putBack(url: string): void {
    this.removed = new Set([...this.removed].filter((one) => one !== url));
  }

  setAgain(url: string, wanted: boolean): void {
    const others = [...this.again].filter((one) => one !== url);
    this.again = new Set(wanted ? [...others, url] : others);
  }

  /** Empties the box. Answers with what takes that back. */
  clear(): () => void {
    const kept: Kept = { text: this.text, removed: this.removed, again: this.again };
    this.text = '';
    this.#forget();
    return () => {
      void this.set(kept.text);
      this.removed = kept.removed;
      this.again = kept.again;
    };
  }

  submission(provider: ProviderId, operation: Operation, ask: Asked, then: ProviderId[] = []): Submission {
    return {
      share_text: this.text,
      urls: this.urls,
      again: this.urls.filter((url) => this.again.has(url)),
      provider,
      operation,
      target_language: ask.target,
      input: ask.input,
      // One link alone shares its call with nothing.
      together: ask.shares(this.urls.length),
      then,
    };
  }

  /** Why a link cannot be submitted, before anything is spent on it. Another provider may serve it. */
  refusal(chip: Chip): Refusal | null {
    const { platform } = chip.link;
    if (platform === 'other') return 'unknown_site';
    if (chip.not_a_work) return 'not_a_work';
    const provider = this.#provider();
    return provider === undefined || serves(provider, platform) ? null : 'unserved';
  }

  #counts(chip: Chip): boolean {
    return this.refusal(chip) === null && (chip.known === null || this.again.has(chip.link.url));
  }

  #forget(): void {
    this.#asked += 1;
    this.#found = null;
    this.removed = NONE;
    this.again = NONE;
    this.unmasked = false;
  }

  #look(): Promise<void> {
    this.#newest = this.#detect();
    return this.#newest;
  }

  async #detect(): Promise<void> {
    const asked = ++this.#asked;
    const text = this.text;
    const detection = await ipc.detectLinks(text, this.#operation());
    // A newer text is in the box by now; its own answer is on the way.
    if (asked !== this.#asked) return;
    if (detection.notice !== 'looks_like_secret') this.unmasked = false;
    this.#found = { text, detection };
    this.#following = detection.chips.some(mayBeKnown) ? this.#follow(asked, text) : Promise.resolve();
  }

  /** Learns which videos the short links lead to, so that none is paid for twice. Its failure is not worth a word. */
  async #follow(asked: number, text: string): Promise<void> {
    await wait(STILL_MS);
    if (asked !== this.#asked) return;
    try {
      const detection = await ipc.resolveLinks(text, this.#operation());
      if (asked === this.#asked) this.#found = { text, detection };
    } catch {
      // The links stay short, and are submitted as they are.
    }
  }
}

/** The beginnings of short links, with a code that is shorter than any that these sites give out. */
const TORN = /\b(?:v\.douyin\.com|v\.kuaishou\.com|xhslink\.com\/[a-z]|b23\.tv|v[mt]\.tiktok\.com|m\.toutiao\.com\/is)\/[\w-]{0,2}(?![\w-])/gi;

/** How many short links lost a part when they were copied. What was found all the same lies in one of `spans`. */
export function tornLinks(text: string, spans: readonly Span[]): number {
  return [...text.matchAll(TORN)].filter(({ index }) => !spans.some(([start, end]) => index >= start && index < end)).length;
}

/** A short link whose video nobody knows yet: history may have it under another link. */
function mayBeKnown(chip: Chip): boolean {
  return chip.link.kind === 'short' && chip.link.id === null && chip.known === null;
}
