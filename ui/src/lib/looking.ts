// Looking for an uncertain task at its provider: whether that can be done, and what came of it. It costs nothing.

import type { Attempt, Evidence, Hint, LookedUp, Operation, ProviderId, Task, Unit } from '../bindings';
import { clockTime, dayAndTime } from './format';
import { sentences, t } from './messages.svelte';
import { providerName } from './names';
import { amount } from './words';

/** `list`: what was made there can be listed. `hint`: it tells only what is left and how many it works on. */
export type Way = 'list' | 'hint';

/** What RawUGC lists; its other calls answer with their result and leave nothing to find. */
const LISTED: ReadonlySet<Operation> = new Set(['generate_video', 'generate_image', 'generate_music']);

const ways: Record<ProviderId, Way | null> = {
  momoget: null,
  coze: null,
  transcriptgenerate: 'hint',
  rawugc: 'list',
  jimeng: null,
};

export function wayOf({ provider, operation }: Pick<Task, 'provider' | 'operation'>): Way | null {
  const way = ways[provider];
  return way === 'list' && !LISTED.has(operation) ? null : way;
}

/** The call that is in doubt. */
export function doubted(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.findLast((attempt) => attempt.outcome === 'unknown' || attempt.outcome === 'crashed');
}

/** It is proven that the call in doubt started nothing: sending it again costs once. */
export function isProvenIdle(attempts: readonly Attempt[]): boolean {
  return (doubted(attempts)?.evidence?.not_there_at ?? null) !== null;
}

/** What the provider said of the account before and after, in one breath with what that is worth. */
export function hintWords(hint: Hint, provider: ProviderId, unit: Unit): string {
  const { left_before, left_after, running_before, running_after } = hint;
  const parts: string[] = [];
  if (left_after !== null) {
    const after = amount(unit, left_after);
    parts.push(left_before === null ? t('looking.left_after', { after }) : t('looking.left', { before: amount(unit, left_before), after }));
  }
  if (running_after !== null) {
    parts.push(running_before === null ? t('looking.running_after', { after: running_after }) : t('looking.running', { before: running_before, after: running_after }));
  }
  if (parts.length === 0) return t('looking.told_nothing', { provider: providerName(provider) });
  return sentences(...parts, t('looking.only_hint'));
}

/** What came of looking. */
export function lookedWords(looked: LookedUp, provider: ProviderId, unit: Unit): string {
  switch (looked.kind) {
    case 'found':
      return t('looking.found');
    case 'not_there':
      return t('looking.not_there', { provider: providerName(provider) });
    case 'nothing_yet':
      return looked.again_at === null ? t('looking.nothing_yet') : t('looking.nothing_until', { time: clockTime(looked.again_at) });
    case 'several':
      return t('looking.several', { count: looked.count });
    case 'hint':
      return hintWords(looked.hint, provider, unit);
    case 'no_way':
      return t('looking.no_way');
  }
}

/** What is known from an earlier look, also from one that the program took by itself. */
export function knownWords(evidence: Evidence | null | undefined, provider: ProviderId, unit: Unit, now: number): string | null {
  if (!evidence) return null;
  if (evidence.not_there_at !== null) return t('looking.not_there', { provider: providerName(provider) });
  const { hint } = evidence;
  if (hint !== null && (hint.left_after !== null || hint.running_after !== null)) return hintWords(hint, provider, unit);
  return evidence.looked_at === null ? null : t('looking.nothing_at', { when: dayAndTime(evidence.looked_at, now) });
}
