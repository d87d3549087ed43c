// What happened to a task, step by step, from its ledger of attempts.

import type { Attempt, CancelCause, ProviderId, Task, TaskDetail } from '../bindings';
import { duration, percent, shortId } from './format';
import { t, type MessageKey } from './messages.svelte';
import { isFollowed } from './task';
import { uncertainStep } from './uncertain';
import { failureHeadline, outcomeWords, providerName } from './words';

export interface Step {
  /** When; none where only "now" can be said. */
  at: number | null;
  text: string;
  aside: string | null;
  /** A provider's id beside the aside. */
  id: string | null;
  tone: 'plain' | 'now' | 'zhu' | 'zhe';
}

function step(at: number | null, text: string, over: Partial<Step> = {}): Step {
  return { at, text, aside: null, id: null, tone: 'plain', ...over };
}

function ofAttempt(attempt: Attempt): Step[] {
  const provider = providerName(attempt.provider);
  const steps = [step(attempt.intent_at, t('trace.intent'))];
  if (attempt.outcome === null) return [...steps, step(null, t('trace.waiting_answer', { provider }), { tone: 'now' })];
  const { text, aside, tone } = outcomeWords[attempt.outcome];
  const reason = attempt.failure === null ? '' : failureHeadline(attempt.failure, null);
  const accepted = attempt.outcome === 'accepted';
  const unsure = attempt.outcome === 'unknown' || attempt.outcome === 'crashed';
  const looked = unsure ? ofLooking(attempt) : [];
  return [
    ...steps,
    step(attempt.ended_at, unsure ? uncertainStep(attempt) : t(text, { provider, reason }), {
      tone,
      // A blocking call is accepted together with its result and has no number.
      aside: accepted && attempt.remote_id === null ? null : t(aside),
      id: accepted && attempt.remote_id !== null ? shortId(attempt.remote_id) : null,
    }),
    ...looked,
  ];
}

/** What came of looking for a call in doubt at its provider. */
function ofLooking({ provider: id, evidence }: Attempt): Step[] {
  const provider = providerName(id);
  if (!evidence) return [];
  if (evidence.not_there_at !== null) return [step(evidence.not_there_at, t('trace.not_there', { provider }), { aside: t('trace.not_started') })];
  if (evidence.looked_at === null) return [];
  return [step(evidence.looked_at, t(evidence.hint === null ? 'trace.looked' : 'trace.hint', { provider }))];
}

const cancelled: Record<CancelCause, MessageKey> = {
  before_submit: 'trace.cancelled',
  stopped_waiting: 'trace.stopped',
  gave_up: 'trace.gave_up',
  same_video: 'trace.same_video',
};

function ofRunning(task: Task, now: number, offline: boolean): Step {
  if (task.wait?.reason === 'key') return step(null, t('wait.key'), { tone: 'zhe' });
  const text = task.progress === null ? t('trace.working') : t('trace.working_percent', { percent: percent(task.progress / 100) });
  const wait = offline || task.next_poll_at === null ? null : task.next_poll_at - now;
  const next = wait === null ? null : wait > 500 ? t('trace.next_poll', { time: duration(wait / 1000) }) : t('trace.next_poll_now');
  return step(null, text, { aside: next, tone: 'now' });
}

/** How it came here, and every call that was made for it. */
function ofBeginning(detail: TaskDetail): Step[] {
  const { task } = detail;
  // What was only looked up was neither pasted nor submitted here.
  if (isFollowed(task)) {
    const id = task.remote_id === null ? null : shortId(task.remote_id);
    return [step(task.created_at, t('trace.followed'), { aside: t('trace.task_number'), id })];
  }
  return [step(task.created_at, t(task.link === null ? 'trace.queued' : 'trace.created')), ...ofAttempts(detail)];
}

/** Every call, and where one provider took over from another. */
function ofAttempts({ task, attempts, passed_over }: TaskDetail): Step[] {
  // Those that were skipped stand before the one that the task went on to.
  const skipped = passed_over
    .filter(({ provider }) => provider !== task.provider && attempts.every((attempt) => attempt.provider !== provider))
    .map((failure) => step(null, t('trace.passed_over', { provider: providerName(failure.provider), reason: failureHeadline(failure, null) }), { aside: t('trace.nothing_sent') }));
  const before = attempts.findLastIndex((attempt) => attempt.provider !== task.provider);
  const last = attempts.at(-1);
  // Where the last call was refused as well, the others were looked at after it.
  const ended = last?.provider === task.provider && (last.outcome === 'rejected' || last.outcome === 'not-sent');
  const switched = (provider: ProviderId): Step => step(null, t('trace.switched', { provider: providerName(provider) }));
  const steps = attempts.flatMap((attempt, at) => {
    const earlier = attempts[at - 1];
    const handed = earlier !== undefined && earlier.provider !== attempt.provider ? [switched(attempt.provider)] : [];
    return [...(at === before + 1 && !ended ? skipped : []), ...handed, ...ofAttempt(attempt)];
  });
  if (ended) return [...steps, ...skipped];
  if (before < attempts.length - 1) return steps;
  // It has gone on, and waits there for its turn.
  return [...steps, ...skipped, ...(before >= 0 || skipped.length > 0 ? [switched(task.provider)] : [])];
}

/** The steps of a task, oldest first. Without a network nobody is asked, whatever was planned. */
export function trace(detail: TaskDetail, now: number, offline = false): Step[] {
  const { task, attempts } = detail;
  const steps = ofBeginning(detail);
  switch (task.state) {
    case 'running':
      return [...steps, ofRunning(task, now, offline)];
    case 'succeeded':
      return [...steps, step(task.ended_at, t(task.operation === 'transcribe' ? 'trace.done' : 'trace.done_info'))];
    case 'failed': {
      // A refused create call stands there already.
      const refused = attempts.at(-1)?.outcome === 'rejected';
      if (refused || task.failure === null) return steps;
      return [...steps, step(task.ended_at, failureHeadline(task.failure, task), { tone: 'zhu' })];
    }
    case 'cancelled':
      return [...steps, step(task.ended_at, t(task.cancel_cause === null ? 'trace.cancelled' : cancelled[task.cancel_cause]))];
    case 'queued':
    case 'submitting':
    case 'uncertain':
      return steps;
  }
}
