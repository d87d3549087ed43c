// What the window says about several links that were pasted together: how far they are, what they took, what to do.

import type { FailureKind, Operation, Paste, ProviderId, Task } from '../bindings';
import { duration } from './format';
import { t, type MessageKey } from './messages.svelte';
import { units } from './names';
import { amount, isOpenCall, providerName } from './words';

/** What a manuscript cell shows of a task. */
export type Cell = 'done' | 'now' | 'failed' | 'unknown' | 'waiting' | 'off' | 'empty';

/** One cell per link up to so many; above it, each stands for a share of them. */
export const MOST_CELLS = 20;

/** How a task counts. `known` ended without a call, since another one has the text of its video. */
type Part = 'done' | 'known' | 'running' | 'submitting' | 'queued' | 'failed' | 'uncertain' | 'cancelled';

const order: readonly Part[] = ['done', 'known', 'running', 'submitting', 'queued', 'failed', 'uncertain', 'cancelled'];

const names: Record<Part, MessageKey> = {
  done: 'pastes.done',
  known: 'pastes.known',
  running: 'pastes.running',
  submitting: 'pastes.submitting',
  queued: 'pastes.queued',
  failed: 'pastes.failed',
  uncertain: 'pastes.uncertain',
  cancelled: 'pastes.cancelled',
};

const cells: Record<Part, Cell> = {
  done: 'done',
  known: 'done',
  running: 'now',
  submitting: 'now',
  queued: 'empty',
  failed: 'failed',
  uncertain: 'unknown',
  cancelled: 'off',
};

/** Kinds of failure in which the link itself was refused: trying again would end the same way. */
const FINAL: ReadonlySet<FailureKind> = new Set<FailureKind>(['invalid-input', 'unsupported-platform']);

function partOf(task: Task, now: number): Part {
  switch (task.state) {
    case 'succeeded':
      return 'done';
    case 'cancelled':
      return task.cancel_cause === 'same_video' ? 'known' : 'cancelled';
    case 'submitting':
      return isOpenCall(task, now) ? 'running' : 'submitting';
    case 'running':
    case 'queued':
    case 'failed':
    case 'uncertain':
      return task.state;
  }
}

/** How many tasks there are of each kind. */
export type Counts = Record<Part, number> & { all: number };

export function countsOf(tasks: readonly Task[], now = Date.now()): Counts {
  const counts: Counts = { all: tasks.length, done: 0, known: 0, running: 0, submitting: 0, queued: 0, failed: 0, uncertain: 0, cancelled: 0 };
  for (const task of tasks) counts[partOf(task, now)] += 1;
  return counts;
}

/** Whether anything of it waits or is worked on. What is uncertain waits for the user alone. */
export function isLive(tasks: readonly Task[]): boolean {
  return tasks.some(({ state }) => state === 'queued' || state === 'submitting' || state === 'running');
}

/** Whether a failed task may end otherwise when it is tried again. */
export function canRetry({ state, failure }: Task): boolean {
  return state === 'failed' && !(failure !== null && FINAL.has(failure.kind));
}

/** One cell for each link in their order, or, where they are too many, shares of them: what is done comes first. */
export function cellsOf({ tasks, paused }: Pick<Paste, 'tasks' | 'paused'>, most = MOST_CELLS): Cell[] {
  const cell = (part: Part): Cell => (part === 'queued' && paused ? 'waiting' : cells[part]);
  const now = Date.now();
  if (tasks.length <= most) return tasks.map((task) => cell(partOf(task, now)));
  const counts = countsOf(tasks, now);
  return shares(order.map((part) => counts[part]), most).flatMap((count, at) => Array<Cell>(count).fill(cell(order[at] ?? 'queued')));
}

/** Deals out so many cells by the counts. What there is of has at least one, and no more than all of a kind fill all. */
function shares(counts: readonly number[], most: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count / all) * most);
  const dealt = exact.map((share, at) => ((counts[at] ?? 0) > 0 ? Math.max(1, Math.floor(share)) : 0));
  const sum = (): number => dealt.reduce((total, count) => total + count, 0);
  // What rounding left goes where most was lost; what the small ones took is given back by the largest.
  while (sum() < most) step(1, (at) => (exact[at] ?? 0) - (dealt[at] ?? 0));
  while (sum() > most) step(-1, (at) => ((dealt[at] ?? 0) > 1 ? (dealt[at] ?? 0) - (exact[at] ?? 0) : -Infinity));
  return dealt;

  function step(by: 1 | -1, weight: (at: number) => number): void {
    const at = counts.reduce((best, count, one) => (count > 0 && weight(one) > weight(best) ? one : best), counts.findIndex((count) => count > 0));
    dealt[at] = (dealt[at] ?? 0) + by;
  }
}

/** `4 条完成`, `2 条转写中`: one for every kind that there is of. */
export function partsOf({ tasks, paused }: Pick<Paste, 'tasks' | 'paused'>): string[] {
  const counts = countsOf(tasks);
  const transcribed = tasks.every((task) => task.operation === 'transcribe');
  return order
    .filter((part) => counts[part] > 0)
    .map((part) => t(part === 'running' && !transcribed ? 'pastes.working' : part === 'queued' && paused ? 'pastes.held' : names[part], { count: counts[part] }));
}

/** The same in a line: `4 条完成，2 条转写中`. */
export function partsLine(paste: Pick<Paste, 'tasks' | 'paused'>): string {
  return partsOf(paste).join(t('pastes.comma'));
}

/** The sentence of the cells: `10 条：9 条完成，1 条失败`. */
export function cellsSentence(paste: Pick<Paste, 'tasks' | 'paused'>): string {
  return t('pastes.cells', { count: paste.tasks.length, parts: partsLine(paste) });
}

/** What is written over a paste: the user's name for it, else how many links it has. */
export function pasteTitle({ name, tasks }: Pick<Paste, 'name' | 'tasks'>): string {
  return name ?? t('pastes.links', { count: tasks.length });
}

/** How many ended with a text, here or elsewhere. */
export function finished(tasks: readonly Task[]): number {
  const { done, known } = countsOf(tasks);
  return done + known;
}

/** `照平时的用时，还要 4 分钟左右`; by whole minutes, so that it does not flicker. */
export function leftWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 2) return t('pastes.left_soon');
  return minutes < 60 ? t('pastes.left', { count: minutes }) : t('pastes.left_long', { time: duration(minutes * 60) });
}

/** Longer than this between the first submission and the last end is no time of work: something was tried again later. */
const LONGEST_WORK = 6 * 3_600_000;

/** Milliseconds from the first submission to the last end; none where that says nothing. */
export function tookOf(tasks: readonly Task[]): number | null {
  const worked = tasks.filter((task) => task.submitted_at !== null && task.ended_at !== null);
  if (worked.length === 0) return null;
  const took = Math.max(...worked.map((task) => task.ended_at ?? 0)) - Math.min(...worked.map((task) => task.submitted_at ?? 0));
  return took >= 1000 && took <= LONGEST_WORK ? took : null;
}

/** What is expected of one task, in its provider's unit; none where no price is published. */
export type Price = (provider: ProviderId, operation: Operation, model: string | null) => number | null;

/** What a provider took for a paste. Units of different providers are never added up. */
export interface Money {
  provider: ProviderId;
  /** As far as anybody said it. */
  spent: number;
  /** Some cost more than is in `spent`, and nobody has said how much. */
  open: boolean;
  /** Tasks of which nobody knows whether they were charged. */
  doubted: number;
  /** What the queued ones will take; none where that is not known. */
  left: number | null;
  queued: number;
}

type Paid = 'yes' | 'no' | 'doubt' | 'later';

function paidOf(task: Task): Paid {
  switch (task.state) {
    case 'queued':
      return 'later';
    case 'submitting':
    case 'running':
    case 'succeeded':
      return 'yes';
    case 'uncertain':
      return task.not_there ? 'no' : 'doubt';
    case 'failed':
      return task.failure === null || task.failure.charged === 'unknown' ? 'doubt' : task.failure.charged;
    case 'cancelled':
      if (task.cancel_cause === 'stopped_waiting') return 'yes';
      return task.cancel_cause === 'gave_up' && !task.not_there ? 'doubt' : 'no';
  }
}

/** What the tasks took and will take, by provider, in the order in which these come. */
export function moneyOf(tasks: readonly Task[], price: Price): Money[] {
  const all = new Map<ProviderId, Money>();
  for (const task of tasks) {
    const known = all.get(task.provider);
    const of: Money = known ?? { provider: task.provider, spent: 0, open: false, doubted: 0, left: 0, queued: 0 };
    all.set(task.provider, of);
    // What one of several costs that share a call is published nowhere.
    const one = task.cost ?? (task.batch === null ? price(task.provider, task.operation, task.model) : null);
    const paid = paidOf(task);
    if (paid === 'doubt') of.doubted += 1;
    if (paid === 'yes' && one === null) of.open = true;
    if (paid === 'yes') of.spent += one ?? 0;
    if (paid !== 'later') continue;
    of.queued += 1;
    of.left = one === null || of.left === null ? null : of.left + one;
  }
  return [...all.values()];
}

/** `Momoget，已花 6 次，还要 3 次`: one fact per provider. */
export function moneyWords(money: Money, live: boolean, sandbox: boolean): string {
  const name = providerName(money.provider);
  if (sandbox) return t('pastes.money', { provider: name, amounts: t('amount.simulated') });
  const unit = units[money.provider];
  const spent = amount(unit, money.spent);
  const parts: string[] = [];
  if (money.open) {
    if (money.spent > 0) parts.push(t('pastes.spent_least', { amount: spent }));
  } else if (money.spent > 0) parts.push(t(live ? 'pastes.spent_so_far' : 'amount.spent', { amount: spent }));
  else if (!live && money.doubted === 0) parts.push(t('amount.free'));
  if (money.queued > 0 && money.left !== null) parts.push(t('pastes.still', { amount: amount(unit, money.left) }));
  if (money.doubted > 0) parts.push(t('pastes.doubted', { count: money.doubted }));
  return parts.length === 0 ? name : t('pastes.money', { provider: name, amounts: parts.join(t('pastes.comma')) });
}

/** The button that tries the failed ones again, with what each provider will take for it where that is published. */
export function retryFailedWords(tasks: readonly Task[], price: Price, sandbox: boolean): string | null {
  const again = tasks.filter(canRetry);
  if (again.length === 0) return null;
  const count = { count: again.length };
  const queued = again.map((task): Task => ({ ...task, state: 'queued', cost: null, batch: null }));
  const costs = moneyOf(queued, price);
  if (sandbox || costs.some(({ left }) => left === null)) return t('pastes.retry', count);
  const each = costs.map((money) => amount(units[money.provider], money.left ?? 0));
  return t('pastes.retry_cost', { ...count, amount: each.join(t('pastes.plus')) });
}

/** What became of trying again, in a sentence. In a paste that is paused they wait until it goes on. */
export function retriedWords({ tasks, left }: { tasks: number; left: number }, paused = false): string {
  if (tasks === 0) return t('pastes.retried_none');
  return t('pastes.retried', { count: tasks }) + (paused ? t('pastes.retried_paused') : '') + (left > 0 ? t('pastes.retried_left', { count: left }) : '');
}
