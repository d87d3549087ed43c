// Why it is not known whether a create call was accepted.

import type { Attempt, Failure, FailureKind, ProviderId } from '../bindings';
import { clockSeconds, duration } from './format';
import { sentences, t, type MessageKey } from './messages.svelte';
import { providerName } from './names';

interface Doubt {
  /** What was seen, in a sentence. */
  text: MessageKey;
  /** The same as a step of the trace. */
  step: MessageKey;
}

const CUT: Doubt = { text: 'uncertain.cut', step: 'trace.unknown' };
const CRASHED: Doubt = { text: 'uncertain.crashed', step: 'trace.crashed' };
const UNCLEAR: Doubt = { text: 'uncertain.unclear', step: 'trace.unclear' };

/** Where an answer came, the answer leaves the doubt: it does not say whether anything was started. */
const doubts: Record<FailureKind, Doubt> = {
  network: CUT,
  'malformed-response': { text: 'uncertain.malformed', step: 'trace.malformed' },
  'provider-internal': { text: 'uncertain.internal', step: 'trace.internal' },
  'rate-limited': { text: 'uncertain.rate_limited', step: 'trace.rate_limited' },
  'invalid-input': UNCLEAR,
  'unsupported-platform': UNCLEAR,
  unauthorized: UNCLEAR,
  forbidden: UNCLEAR,
  'not-found': UNCLEAR,
  'quota-exhausted': UNCLEAR,
  'membership-required': UNCLEAR,
  'concurrency-full': UNCLEAR,
};

/** What ended a call without an answer, by the beginning of the transport's words for it. */
const causes: readonly (readonly [string, Doubt])[] = [
  ['timed out', { text: 'uncertain.timeout', step: 'trace.timeout' }],
  ['the answer is too large', { text: 'uncertain.too_large', step: 'trace.too_large' }],
  ['the answer is garbled', { text: 'uncertain.garbled', step: 'trace.garbled' }],
];

function doubtOf(failure: Failure | null, crashed: boolean, error: string | null): Doubt {
  if (crashed) return CRASHED;
  const doubt = failure === null ? CUT : doubts[failure.kind];
  if (doubt !== CUT || error === null) return doubt;
  return causes.find(([cause]) => error.startsWith(cause))?.[1] ?? CUT;
}

/** What was seen of the call, and what that leaves open. */
export function uncertainWords(provider: ProviderId, failure: Failure | null, crashed: boolean, error: string | null = null): string {
  const name = { provider: providerName(provider) };
  return sentences(t(doubtOf(failure, crashed, error).text, name), t('uncertain.open', name));
}

/** The traces that the call left on this side: when, how far it came, what came back. Empty where nothing was kept. */
export function seenWords({ intent_at, ended_at, outcome, evidence }: Attempt): string {
  const parts: string[] = [];
  // When the program itself ended nobody saw.
  if (ended_at !== null && outcome !== 'crashed') {
    parts.push(t('uncertain.seen_times', { from: clockSeconds(intent_at), to: clockSeconds(ended_at), time: duration((ended_at - intent_at) / 1000) }));
  }
  if (evidence && evidence.body_sent !== null) parts.push(t(evidence.body_sent ? 'uncertain.seen_sent' : 'uncertain.seen_not_sent'));
  if (evidence && evidence.http_status !== null) parts.push(t('uncertain.seen_status', { status: evidence.http_status }));
  return parts.length === 0 ? '' : sentences(...parts);
}

/** What was seen of the call, as a step of the trace. */
export function uncertainStep(attempt: Attempt): string {
  return t(doubtOf(attempt.failure, attempt.outcome === 'crashed', attempt.evidence?.error ?? null).step, { provider: providerName(attempt.provider) });
}
