// Why it is not known whether a create call was accepted.

import type { Attempt, Failure, FailureKind, ProviderId } from '../bindings';
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

function doubtOf(failure: Failure | null, crashed: boolean): Doubt {
  if (crashed) return CRASHED;
  return failure === null ? CUT : doubts[failure.kind];
}

/** What was seen of the call, and what that leaves open. */
export function uncertainWords(provider: ProviderId, failure: Failure | null, crashed: boolean): string {
  const name = { provider: providerName(provider) };
  return sentences(t(doubtOf(failure, crashed).text, name), t('uncertain.open', name));
}

/** What was seen of the call, as a step of the trace. */
export function uncertainStep(attempt: Attempt): string {
  return t(doubtOf(attempt.failure, attempt.outcome === 'crashed').step, { provider: providerName(attempt.provider) });
}
