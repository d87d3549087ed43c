// What is being done with the text that lies open: reading one of its versions, editing, tidying, comparing two.

import type { Comparison, TaskDetail, TextRef, TidySteps, Transcript } from '../bindings';
import { AppError, ipc, type ErrorCode } from './ipc';
import { firstPair, same, tidyBase, versionsOf, type Version } from './versions';

export type Mode = 'read' | 'edit' | 'tidy' | 'compare';

export class Reading {
  mode = $state<Mode>('read');
  /** The version that is looked at; none follows the last. */
  version = $state<number | null>(null);
  /** The two that are compared, the older one first. */
  pair = $state.raw<readonly [TextRef, TextRef] | null>(null);
  /** What comparing or tidying came to; none while it is on its way. */
  result = $state.raw<Comparison | null>(null);
  /** Why there is none. */
  failed = $state<ErrorCode | null>(null);
  #asked = 0;

  readonly #detail: () => TaskDetail;

  constructor(detail: () => TaskDetail) {
    this.#detail = detail;
  }

  readonly versions: Version[] = $derived.by(() => versionsOf(this.#detail()));

  readonly last: Transcript | undefined = $derived.by(() => this.#detail().transcripts.at(-1));

  /** The text on the sheet. A version that has been deleted gives way to the last. */
  readonly shown: Transcript | undefined = $derived.by(
    () => this.#detail().transcripts.find((one) => one.version === this.version) ?? this.last,
  );

  /** An older version is looked at: not the one that is copied, counted and exported elsewhere. */
  readonly older: boolean = $derived.by(() => this.shown?.version !== this.last?.version);

  /** What tidying starts from. */
  readonly base: Transcript | undefined = $derived.by(() => tidyBase(this.#detail().transcripts, this.shown?.version));

  ref(transcript: Transcript): TextRef {
    return { task: this.#detail().task.id, version: transcript.version };
  }

  find(ref: TextRef): Version | undefined {
    return this.versions.find((one) => same(one.ref, ref));
  }

  look(version: number): void {
    this.version = version === this.last?.version ? null : version;
    this.read();
  }

  read(): void {
    this.mode = 'read';
    this.#asked += 1;
    this.result = null;
    this.failed = null;
  }

  edit(): void {
    this.read();
    this.mode = 'edit';
  }

  /** Compares two texts; without any, those that are most worth it. Answers whether there are two. */
  async compare(pair = this.#pair()): Promise<boolean> {
    if (pair === null) return false;
    this.mode = 'compare';
    this.pair = pair;
    await this.#ask(() => ipc.compare(pair[0], pair[1]), null);
    return true;
  }

  /** Shows what the switches would do. The last answer stays until the next one is here. */
  async tidy(steps: TidySteps): Promise<void> {
    const { base } = this;
    if (!base) return;
    const standing = this.mode === 'tidy' ? this.result : null;
    this.mode = 'tidy';
    await this.#ask(() => ipc.previewTidy(this.ref(base), $state.snapshot(steps)), standing);
  }

  #pair(): readonly [TextRef, TextRef] | null {
    return this.shown ? firstPair(this.versions, this.ref(this.shown)) : null;
  }

  async #ask(work: () => Promise<Comparison>, meanwhile: Comparison | null): Promise<void> {
    const asked = ++this.#asked;
    this.result = meanwhile;
    this.failed = null;
    try {
      const result = await work();
      if (asked === this.#asked) this.result = result;
    } catch (err) {
      if (asked !== this.#asked) return;
      this.result = null;
      this.failed = err instanceof AppError ? err.code : 'internal';
    }
  }
}
