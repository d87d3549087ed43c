// What the window says about a failure: cause, money, one remedy. Every kind has its words for every operation.

import type { Failure, FailureKind, Operation, Task, Unit } from '../bindings';
import type { IconName } from './icons';
import { t, type MessageKey } from './messages.svelte';
import { providerName, units } from './names';
import { isFollowed } from './task';

/** What a button can do about a problem. */
export type Remedy =
  | 'check_key'
  | 'check_settings'
  | 'check_proxy'
  | 'top_up'
  | 'other_provider'
  | 'retry'
  | 'open_video'
  | 'open_folder'
  | 'try_again'
  /** Looks a number up at another provider. */
  | 'look_up'
  | 'open_console';

export const remedyNames: Record<Remedy, MessageKey> = {
  check_key: 'remedy.check_key',
  check_settings: 'remedy.check_settings',
  check_proxy: 'remedy.check_proxy',
  top_up: 'remedy.top_up',
  other_provider: 'remedy.other_provider',
  retry: 'remedy.retry',
  open_video: 'remedy.open_video',
  open_folder: 'remedy.open_folder',
  try_again: 'remedy.try_again',
  look_up: 'remedy.look_up',
  open_console: 'uncertain.console',
};

export const remedyIcons: Record<Remedy, IconName | null> = {
  check_key: 'key',
  check_settings: 'settings',
  check_proxy: 'settings',
  top_up: 'open',
  other_provider: null,
  retry: 'retry',
  open_video: 'open',
  open_folder: 'folder',
  try_again: 'retry',
  look_up: 'retry',
  open_console: 'open',
};

const retries: Record<Operation, MessageKey> = {
  transcribe: 'remedy.retry',
  resolve: 'remedy.retry_resolve',
  analyze: 'remedy.retry_analyze',
  generate_video: 'remedy.retry_generate',
  generate_image: 'remedy.retry_generate',
  generate_music: 'remedy.retry_generate',
  captions: 'remedy.retry_edit',
  overlay: 'remedy.retry_edit',
  scrape: 'remedy.retry_scrape',
  plan: 'remedy.retry_plan',
};

/** The button that asks for the same again, with what it is expected to cost. */
export function retryWords(operation: Operation, cost: string | null): string {
  const action = t(retries[operation]);
  return cost === null ? action : t('remedy.with_cost', { action, amount: cost });
}

/** What a failure is about decides what may have caused it. */
type Subject = 'speech' | 'link' | 'made' | 'found';

const subjects: Record<Operation, Subject> = {
  transcribe: 'speech',
  resolve: 'link',
  analyze: 'link',
  generate_video: 'made',
  generate_image: 'made',
  generate_music: 'made',
  captions: 'made',
  overlay: 'made',
  scrape: 'found',
  plan: 'found',
};

/** A cause, for each subject where it differs. */
type Cause = MessageKey | Record<Subject, MessageKey>;

interface KindWords {
  headline: MessageKey;
  text: Cause;
  remedy: Remedy;
  /** At most one other way. */
  other: Remedy | null;
}

const INTERNAL: Cause = {
  speech: 'failure.provider_internal.text',
  link: 'failure.provider_internal.link',
  made: 'failure.provider_internal.made',
  found: 'failure.provider_internal.found',
};

const kinds: Record<FailureKind, KindWords> = {
  'invalid-input': {
    headline: 'failure.invalid_input',
    text: {
      speech: 'failure.invalid_input.text',
      link: 'failure.invalid_input.text',
      made: 'failure.invalid_input.made',
      found: 'failure.invalid_input.found',
    },
    remedy: 'other_provider',
    other: 'open_video',
  },
  'unsupported-platform': {
    headline: 'failure.unsupported_platform',
    text: 'failure.unsupported_platform.text',
    remedy: 'other_provider',
    other: null,
  },
  unauthorized: { headline: 'failure.unauthorized', text: 'failed.key', remedy: 'check_key', other: 'retry' },
  forbidden: { headline: 'failure.forbidden', text: 'failure.forbidden.text', remedy: 'check_key', other: 'retry' },
  'not-found': { headline: 'failure.not_found', text: 'failure.not_found.text', remedy: 'retry', other: 'open_video' },
  'quota-exhausted': { headline: 'failure.quota_use', text: 'failure.quota.text', remedy: 'top_up', other: 'retry' },
  'membership-required': {
    headline: 'failure.membership_required',
    text: 'failure.membership_required.text',
    remedy: 'other_provider',
    other: 'retry',
  },
  'concurrency-full': {
    headline: 'failure.concurrency_full',
    text: 'failure.concurrency_full.text',
    remedy: 'retry',
    other: null,
  },
  'rate-limited': { headline: 'failure.rate_limited', text: 'failure.rate_limited.text', remedy: 'retry', other: null },
  'provider-internal': { headline: 'failure.provider_internal', text: INTERNAL, remedy: 'retry', other: 'open_video' },
  network: { headline: 'failure.network', text: 'failure.network.text', remedy: 'check_proxy', other: 'retry' },
  'malformed-response': {
    headline: 'failure.malformed_response',
    text: 'failure.malformed_response.text',
    remedy: 'retry',
    other: 'other_provider',
  },
};

const UNFINISHED: Record<Subject, MessageKey> = {
  speech: 'failure.provider_unfinished.text',
  link: 'failure.provider_unfinished.link',
  made: 'failure.provider_unfinished.made',
  found: 'failure.provider_unfinished.found',
};

const quotas: Record<Unit, MessageKey> = {
  use: 'failure.quota_use',
  second: 'failure.quota_second',
  run: 'failure.quota_run',
  credit: 'failure.quota_credit',
};

/** Coze's code for a run whose record it no longer keeps. */
const EXPIRED = 'expired';

/** Jimeng's code for an order that was not sent, since the gateway is not known to take any. */
const SUBMIT_OFF = 'submit_off';

/** What of a task tells failures apart. */
export type Failed = Pick<Task, 'remote_id' | 'operation' | 'link' | 'parent' | 'subject'>;

/** Something was missing before a task existed there: a workflow, not the task. */
function setupMissing(failure: Failure, task: Failed | null): boolean {
  return failure.kind === 'not-found' && (task === null || task.remote_id === null);
}

/** The record of the run was kept for some days and is gone. */
function expired(failure: Failure): boolean {
  return failure.kind === 'not-found' && failure.code === EXPIRED;
}

/** The provider took it on and then failed: more often the input's fault than the provider's. */
function unfinished(failure: Failure, task: Failed | null): boolean {
  return failure.kind === 'provider-internal' && task !== null && task.remote_id !== null;
}

/** The cause in a few words. */
export function failureHeadline(failure: Failure, task: Failed | null): string {
  const provider = providerName(failure.provider);
  if (failure.kind === 'quota-exhausted') return t(quotas[units[failure.provider]]);
  if (failure.code === SUBMIT_OFF) return t('failure.submit_off');
  if (expired(failure)) return t('failure.expired');
  if (setupMissing(failure, task)) return t('failure.not_found_setup');
  if (unfinished(failure, task)) return t('failure.provider_unfinished');
  return t(kinds[failure.kind].headline, { provider });
}

/** Whether money was spent, in a sentence. */
export function chargedWords(failure: Failure): string {
  switch (failure.charged) {
    case 'no':
      return t('charged.no');
    case 'yes':
      return t('charged.yes');
    case 'unknown':
      return failure.kind === 'malformed-response' || failure.kind === 'network' ? t('charged.maybe') : t('charged.unknown');
  }
}

export interface FailureWords {
  headline: string;
  /** The cause in a sentence or two. */
  text: string;
  charged: string;
  /** The provider's own sentence, marked as such; none where it said nothing that helps. */
  said: string | null;
  remedy: Remedy;
  other: Remedy | null;
}

/** Kinds whose cause only the provider knows. Of the others its sentence says nothing more than ours. */
const EXPLAINED: ReadonlySet<FailureKind> = new Set([
  'invalid-input',
  'unsupported-platform',
  'forbidden',
  'not-found',
  'membership-required',
  'provider-internal',
]);

function saidWords({ kind, message }: Failure): string | null {
  return EXPLAINED.has(kind) && message !== null && message.trim() !== '' ? t('collection.said', { words: message.trim() }) : null;
}

/** What differs for a number that was only looked up: nothing can be sent again, and nothing was spent. */
function lookedUp(words: FailureWords, failure: Failure): FailureWords {
  const provider = providerName(failure.provider);
  const texts: Partial<Record<FailureKind, MessageKey>> = {
    'not-found': 'failure.followed.not_found',
    'invalid-input': 'failure.followed.invalid_input',
    unauthorized: 'failure.followed.unauthorized',
  };
  const text = expired(failure) ? undefined : texts[failure.kind];
  // What has ended at its provider stays as it is there; only what was not found may be found elsewhere.
  const elsewhere = failure.kind === 'not-found' && !expired(failure);
  const kept: readonly Remedy[] = ['check_key', 'check_settings', 'check_proxy', 'top_up'];
  const own = kept.includes(words.remedy) ? words.remedy : 'open_console';
  return {
    ...words,
    text: text === undefined ? words.text : t(text, { provider }),
    charged: t('charged.followed'),
    remedy: elsewhere ? 'look_up' : own,
    other: elsewhere ? 'open_console' : null,
  };
}

/** The ways out where no other provider could be asked: to look at the video oneself. */
export function withoutOthers(words: FailureWords): FailureWords {
  if (words.remedy === 'other_provider') return { ...words, remedy: 'open_video', other: words.other === 'open_video' ? null : words.other };
  return words.other === 'other_provider' ? { ...words, other: null } : words;
}

/** Ways that need a link are none for what was made from a form. */
function fitting(remedy: Remedy | null, subject: Subject): Remedy | null {
  const needsLink = remedy === 'open_video' || remedy === 'other_provider';
  return needsLink && (subject === 'made' || subject === 'found') ? null : remedy;
}

/** A failure with cause, money and one remedy. `last4` is of the key that was refused, where it is known. */
export function failureWords(failure: Failure, task: Failed | null, last4: string | null): FailureWords {
  const provider = providerName(failure.provider);
  const kind = kinds[failure.kind];
  const subject = subjects[task?.operation ?? 'transcribe'];
  const cause = typeof kind.text === 'string' ? kind.text : kind.text[subject];
  const remedy = fitting(kind.remedy, subject) ?? 'retry';
  const other = fitting(kind.other, subject);
  const words: FailureWords = {
    headline: failureHeadline(failure, task),
    text: t(cause, { provider }),
    charged: chargedWords(failure),
    said: saidWords(failure),
    remedy,
    other: other === remedy ? null : other,
  };
  if (failure.kind === 'unauthorized' && last4 !== null) words.text = t('failed.key_last4', { provider, last4 });
  if (unfinished(failure, task)) words.text = t(UNFINISHED[subject], { provider });
  if (failure.code === SUBMIT_OFF) {
    words.text = t('failure.submit_off.text', { provider });
    words.remedy = 'check_settings';
    words.other = 'retry';
  }
  if (expired(failure)) words.text = t('failure.expired.text', { provider });
  else if (setupMissing(failure, task)) {
    words.text = t(failure.provider === 'coze' ? 'failure.not_found_setup.text' : 'failure.not_found_setup.other', { provider });
    words.remedy = 'check_settings';
    words.other = 'retry';
  }
  return task !== null && isFollowed(task) ? lookedUp(words, failure) : words;
}
