// How a provider does, in words: its state, what is left, what it takes, and the one thing to do about it.

import type { Allowance, ProviderHealth, ProviderId, ProviderView, RecentTask, TaskState } from '../bindings';
import { failureHeadline } from './failures';
import { ago, dayAndTime, dayShort, dayWord, duration, elapsed, number } from './format';
import type { Health } from './health.svelte';
import type { IconName } from './icons';
import { quantity } from './ledger';
import { t, type MessageKey } from './messages.svelte';
import type { Cell } from './paste-words';
import { operationNames } from './words';

/** The one thing to do about a provider. */
export type HealthRemedy = 'connect' | 'check_key' | 'renew' | 'top_up' | 'lift' | 'test' | 'check_proxy' | 'open_folder';

export const healthRemedies: Record<HealthRemedy, { name: MessageKey; icon: IconName | null }> = {
  connect: { name: 'health.connect', icon: null },
  check_key: { name: 'remedy.check_key', icon: 'key' },
  renew: { name: 'health.renew', icon: 'key' },
  top_up: { name: 'remedy.top_up', icon: 'open' },
  lift: { name: 'health.lift', icon: null },
  test: { name: 'health.test', icon: null },
  check_proxy: { name: 'remedy.check_proxy', icon: 'settings' },
  open_folder: { name: 'remedy.open_folder', icon: 'folder' },
};

export interface Condition {
  text: string;
  icon: IconName | null;
  tone: 'done' | 'fail' | 'doubt' | 'live' | 'off';
  /** The icon turns: it goes on by itself. */
  turning: boolean;
  /** Nothing goes on, or soon nothing will, before the user does something. */
  needs: boolean;
  remedy: HealthRemedy | null;
}

const DAY = 86_400_000;
/** Days before its end from which on a token is a worry, and from which on it needs the user. */
const SOON = 7;
const NEEDS = 3;
/** So many failures in a row are no chance. */
const STREAK = 3;

const fail = (text: string, remedy: HealthRemedy, needs: boolean): Condition => ({ text, icon: 'fail', tone: 'fail', turning: false, needs, remedy });
const doubt = (text: string, remedy: HealthRemedy | null, needs: boolean): Condition => ({ text, icon: 'doubt', tone: 'doubt', turning: false, needs, remedy });

/** Whole days until a moment, so that tomorrow is 1 by the clock that counts down. */
const daysUntil = (at: number, now: number): number => Math.ceil((at - now) / DAY);

function expiry(provider: ProviderView, now: number): Condition | null {
  if (provider.expires_at === null) return null;
  if (provider.expires_at <= now) return fail(t('health.expired'), 'renew', true);
  const count = daysUntil(provider.expires_at, now);
  return count > SOON ? null : doubt(t('health.expires', { count }), 'renew', count <= NEEDS);
}

/** The allowance is gone as far as is known: it said so, or the newest call was refused for it. */
function usedUp(provider: ProviderView, health: ProviderHealth | undefined): boolean {
  const { allowance } = provider;
  if (allowance?.left === 0) return true;
  const newest = health?.failures[0];
  if (newest?.failure.kind !== 'quota-exhausted' || newest.at < (health?.last_success ?? 0)) return false;
  return allowance === null || allowance.left === null || allowance.learned_at < newest.at;
}

const quotas: Record<ProviderView['unit'], MessageKey> = {
  use: 'failure.quota_use',
  second: 'failure.quota_second',
  run: 'failure.quota_run',
  credit: 'failure.quota_credit',
};

function waiting(health: ProviderHealth | undefined, now: number): Condition | null {
  const wait = health?.wait ?? null;
  const until = wait === null || wait.until === null || wait.until <= now ? null : elapsed(wait.until - now);
  switch (wait?.reason) {
    case 'rate':
      return { text: until === null ? t('health.rate') : t('health.rate_until', { time: until }), icon: 'live', tone: 'live', turning: true, needs: false, remedy: null };
    case 'key':
      return fail(t('wait.key'), 'check_key', true);
    case 'daily_limit':
      return doubt(t('health.limit'), 'lift', false);
    case 'not_sent':
      return doubt(until === null ? t('health.unreached') : t('health.unreached_until', { time: until }), 'check_proxy', false);
    case 'gave_up_sending':
      return fail(t('wait.gave_up_sending'), 'check_proxy', false);
    case 'disk_full':
      return fail(t('wait.disk_full'), 'open_folder', false);
    case 'offline':
      return doubt(t('health.offline'), null, false);
    // Waiting for a place or for the user's own pause is how it should be.
    case 'slot':
    case 'paused':
    case undefined:
      return null;
  }
}

/** Failures in a row up to now. */
export function streak(recent: readonly RecentTask[]): number {
  const good = recent.findLastIndex(({ state }) => state !== 'failed');
  return recent.length - 1 - good;
}

/** How it stands with a provider, by what needs the user most. */
export function conditionOf(provider: ProviderView, health: ProviderHealth | undefined, now: number): Condition {
  if (!provider.ready) {
    const begun = provider.fields.some((field) => field.secret && field.configured);
    return { text: t(begun ? 'health.unfinished' : 'settings.not_connected'), icon: null, tone: 'off', turning: false, needs: false, remedy: 'connect' };
  }
  const refused = provider.check_failure;
  if (refused?.kind === 'unauthorized') return fail(t('health.key'), 'check_key', true);
  if (refused?.kind === 'forbidden') return fail(failureHeadline(refused, null), 'check_key', true);
  const ends = expiry(provider, now);
  if (ends?.tone === 'fail') return ends;
  if (usedUp(provider, health)) return fail(t(quotas[provider.unit]), 'top_up', true);
  const waits = waiting(health, now);
  if (waits !== null) return waits;
  if (ends !== null) return ends;
  if (refused !== null) return fail(t('health.check_failed', { why: failureHeadline(refused, null) }), 'test', false);
  const failed = streak(health?.recent ?? []);
  // What was tested since is no longer a riddle.
  if (failed >= STREAK && (provider.checked_at ?? 0) < (health?.failures[0]?.at ?? 0)) return doubt(t('health.streak', { count: failed }), 'test', false);
  const used = (health?.recent.length ?? 0) > 0;
  if (!used && provider.checked_at === null) return { text: t('settings.connected'), icon: null, tone: 'off', turning: false, needs: false, remedy: 'test' };
  return { text: t('health.fine'), icon: 'check', tone: 'done', turning: false, needs: false, remedy: null };
}

/** The providers with which nothing goes on before the user does something. */
export function needing(health: Health, providers: readonly ProviderView[]): ProviderView[] {
  return providers.filter((one) => conditionOf(one, health.of(one.id), health.at).needs);
}

/** How many of the last tasks have a cell. */
const CELLS = 20;

const cells: Record<TaskState, Cell> = {
  succeeded: 'done',
  failed: 'failed',
  uncertain: 'unknown',
  cancelled: 'off',
  // These have not ended, and are not among the last ones.
  queued: 'empty',
  submitting: 'empty',
  running: 'empty',
};

/** The last tasks as cells, the newest on the right; on the left those that there have not been yet. */
export function recentCells(recent: readonly RecentTask[]): Cell[] {
  return [...Array<Cell>(Math.max(0, CELLS - recent.length)).fill('empty'), ...recent.slice(-CELLS).map(({ state }) => cells[state])];
}

/** `最近 20 条：18 条完成，1 条失败，1 条结果未知`. */
export function recentWords(recent: readonly RecentTask[]): string {
  if (recent.length === 0) return t('health.none');
  const count = (state: TaskState): number => recent.filter((one) => one.state === state).length;
  const parts = (['succeeded', 'failed', 'uncertain', 'cancelled'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => t(counts[state], { count: count(state) }));
  return t('health.recent', { count: recent.length, parts: parts.join(t('health.comma')) });
}

const counts: Record<'succeeded' | 'failed' | 'uncertain' | 'cancelled', MessageKey> = {
  succeeded: 'health.count_done',
  failed: 'health.count_failed',
  uncertain: 'health.count_uncertain',
  cancelled: 'health.count_cancelled',
};

/** When it did something last: `5 分钟前成功`, `昨天 22:10 成功`, `11月17日 成功`. */
export function successWords(at: number, now: number): string {
  if (now - at < 3_600_000) return t('health.success_ago', { when: ago(at, now) });
  return t('health.success_at', { when: dayWord(at, now) === null ? dayShort(at, now) : dayAndTime(at, now) });
}

/** What its tasks usually take, texts first. The operation is named unless it is that one. */
export function usualWords(usual: ProviderHealth['usual']): string[] {
  const order = usual.toSorted(([one], [other]) => Number(other === 'transcribe') - Number(one === 'transcribe'));
  return order.map(([operation, seconds]) => {
    const time = duration(seconds);
    return operation === 'transcribe' ? t('health.usual', { time }) : t('health.usual_of', { operation: t(operationNames[operation]), time });
  });
}

/** Where a provider says what is left of the allowance. */
const tells: Record<ProviderId, 'submitting' | 'testing' | 'never'> = {
  momoget: 'submitting',
  transcriptgenerate: 'testing',
  rawugc: 'submitting',
  coze: 'never',
  jimeng: 'never',
};

export interface LeftWords {
  amount: string;
  note: string;
  /** Nothing is left. */
  out: boolean;
}

function learned(id: ProviderId, allowance: Allowance, now: number): string {
  const when = ago(allowance.learned_at, now);
  const note = tells[id] === 'submitting' ? t('health.left_submit', { when }) : t('health.left_test', { when });
  if (allowance.total === null) return note;
  const total = t('health.left_total', { total: quantity(allowance.unit, allowance.total) });
  const period = allowance.period === 'daily' ? t('settings.daily') : allowance.period === 'monthly' ? t('settings.monthly') : null;
  return [note, period === null ? total : `${total}${t('health.comma')}${period}`].join('\n');
}

/** What is left of the allowance, with when that was learned. */
export function leftWords(provider: ProviderView, now: number): LeftWords {
  const { allowance, check_failure: refused } = provider;
  const refusedKey = refused?.kind === 'unauthorized' || refused?.kind === 'forbidden';
  if (tells[provider.id] === 'never') return { amount: '–', note: t('health.left_never'), out: false };
  if (refusedKey) return { amount: '–', note: t('health.left_key'), out: false };
  if (allowance === null) return { amount: '–', note: t(tells[provider.id] === 'submitting' ? 'health.left_later' : 'health.left_untested'), out: false };
  const note = learned(provider.id, allowance, now);
  if (allowance.left === null) return { amount: t('amount.unlimited'), note, out: false };
  return { amount: quantity(allowance.unit, allowance.left), note, out: allowance.left === 0 };
}

export interface TodayWords {
  amount: string;
  note: string;
  /** Share of the bound that is used, 0 to 1; none without a bound that holds. */
  share: number | null;
}

/** What was spent today, with the bound where there is one: `12 / 50 次`. */
export function todayWords({ unit, spent_today, daily_limit, limit_lifted }: ProviderView): TodayWords {
  if (daily_limit === null) return { amount: quantity(unit, spent_today), note: t('health.today_free'), share: null };
  const spent = unit === 'second' ? duration(spent_today) : number(spent_today);
  const amount = `${spent} / ${quantity(unit, daily_limit)}`;
  if (limit_lifted) return { amount, note: t('settings.limit_lifted'), share: null };
  return { amount, note: t('health.today'), share: Math.min(1, spent_today / daily_limit) };
}
