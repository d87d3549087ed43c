// What the wall says about a work: its kind, its versions, why it did not come about, and what to do then.

import type { Task, Work, WorkKind } from '../../bindings';
import { t, type MessageKey } from '../messages.svelte';
import { isFollowed } from '../task';
import { amount, failureWords, type FailureWords, type Remedy } from '../words';
import type { Session } from '../session.svelte';

export const kindNames: Record<WorkKind, MessageKey> = {
  video: 'studio.kind.video',
  image: 'studio.kind.image',
  music: 'studio.kind.music',
};

const edits: Record<string, MessageKey | undefined> = {
  captions: 'studio.version.captions',
  caption: 'studio.version.captions',
  overlay: 'studio.version.overlay',
};

/** `原片`, `加字幕`, `加大字`. An edit that nobody has named goes by its number. */
export function versionName(work: Work): string {
  if (work.edit === null) return t('studio.version.original');
  const key = edits[work.edit];
  return key ? t(key) : t('studio.version.number', { n: work.version });
}

/** What can be done about a work that failed: the remedies of any task, or another prompt. */
export type WorkRemedy = Remedy | 'change';

export interface WorkFailure extends Omit<FailureWords, 'remedy' | 'other'> {
  remedy: WorkRemedy;
}

/** Why a work did not come about. What the provider refused in a prompt is mended in the form. */
export function workFailure(task: Task): WorkFailure | null {
  if (!task.failure) return null;
  const words = failureWords(task.failure, task, null);
  // Nobody here knows what it was made of: there is no form to change.
  if (isFollowed(task)) return words;
  const content = task.failure.kind === 'invalid-input' || (task.failure.kind === 'provider-internal' && task.remote_id !== null);
  if (content) {
    const text = t(task.failure.kind === 'invalid-input' ? 'studio.failed.refused' : 'studio.failed.unfinished');
    return { ...words, headline: t('studio.failed.headline'), text, remedy: 'change' };
  }
  // Nothing here has a link that another provider could be asked about.
  const remedy = words.remedy === 'other_provider' || words.remedy === 'open_video' ? 'change' : words.remedy;
  return { ...words, remedy };
}

/** What a task took, in the provider's unit; nothing while that is not known. */
export function spent(session: Session, task: Task): string | null {
  const view = session.providers.provider(task.provider);
  if (session.app?.sandbox || !view || task.cost === null) return null;
  return t('amount.spent', { amount: amount(view.unit, task.cost) });
}

/** What the remaining hours of an address come to; nothing where it does not say so itself. A file that is kept here outlives it. */
export function expiry(work: Work, kept: boolean, now: number): { text: string; tone: 'kept' | 'soon' | 'gone' } | null {
  if (kept) return { text: t('studio.kept'), tone: 'kept' };
  if (work.expires_at === null) return null;
  const left = work.expires_at - now;
  if (left <= 0) return { text: t('studio.expired'), tone: 'gone' };
  const hours = Math.floor(left / 3_600_000);
  if (hours >= 1) return { text: t('studio.expires_hours', { count: hours }), tone: 'soon' };
  return { text: t('studio.expires_minutes', { count: Math.max(1, Math.round(left / 60_000)) }), tone: 'soon' };
}
