// Parts of the window that its first screen does without. Each is brought once, with the words that it says.

import type { Component } from 'svelte';
import { bringWords } from '../lib/messages.svelte';

/** What a component takes; one that takes nothing says so in a way that would forbid everything beside it. */
export type PropsOf<View> = View extends Component<infer Props> ? (Props extends Record<string, never> ? unknown : Props) : never;

export class Part<V> {
  /** Its views, once they are here: from then on they are drawn as if they had always been. */
  here = $state.raw<V | null>(null);

  readonly #import: () => Promise<V>;
  #coming: Promise<void> | null = null;

  constructor(bring: () => Promise<V>) {
    this.#import = bring;
  }

  /** Brings it, unless it is here or on its way. What failed is tried again by the next one who asks. */
  bring(): Promise<void> {
    this.#coming ??= Promise.all([this.#import(), bringWords()]).then(
      ([views]) => {
        this.here = views;
      },
      (err: unknown) => {
        this.#coming = null;
        throw err;
      },
    );
    return this.#coming;
  }
}

/** What lies on the sheet. */
export const page = new Part(() => import('./sheet/Page.svelte'));
/** What the texts, the list and the sheet show only when something is done. */
export const rest = new Part(() => import('./rest'));
/** What few days need. */
export const seldom = new Part(() => import('./seldom'));
export const studio = new Part(() => import('./studio/StudioView.svelte'));
export const ledger = new Part(() => import('./ledger/LedgerView.svelte'));
export const settings = new Part(() => import('./SettingsView.svelte'));
export const help = new Part(() => import('./HelpView.svelte'));
