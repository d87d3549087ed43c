import { beforeEach, describe, expect, it } from 'vitest';
import type { Failure, FailureKind, ProviderHealth, ProviderView, TaskState, WaitReason } from '../bindings';
import { conditionOf, leftWords, recentCells, recentWords, streak, successWords, todayWords, usualWords } from './health-words';
import { setLanguage } from './messages.svelte';

const NOW = new Date(2026, 10, 20, 14, 30).getTime();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const failure = (kind: FailureKind): Failure => ({ kind, charged: 'no', provider: 'momoget', code: null, message: null }) as Failure;
const card = (over: Partial<ProviderView> = {}): ProviderView =>
  ({ id: 'momoget', name: 'Momoget', ready: true, fields: [], unit: 'use', allowance: null, checked_at: NOW - DAY, check_failure: null, spent_today: 0, daily_limit: null, limit_lifted: false, expires_at: null, ...over }) as ProviderView;
const health = (over: Partial<ProviderHealth> = {}): ProviderHealth =>
  ({ provider: 'momoget', last_success: NOW - HOUR, usual: [], recent: recent('..........'), failures: [], wait: null, queued: 0, running: 0, uncertain: 0, ...over });
const letters: Record<string, TaskState> = { '.': 'succeeded', x: 'failed', '?': 'uncertain', '-': 'cancelled' };
const recent = (text: string): ProviderHealth['recent'] => [...text].map((letter, task) => ({ task, state: letters[letter] ?? 'succeeded' }));
const failed = (kind: FailureKind, at: number): ProviderHealth['failures'][number] => ({ task: 1, operation: 'transcribe', failure: failure(kind), at, count: 1 });
const says = (provider: ProviderView, of = health()): [string, boolean, string | null] => {
  const { text, needs, remedy } = conditionOf(provider, of, NOW);
  return [text, needs, remedy];
};
const waiting = (reason: WaitReason, until: number | null = null): ProviderHealth => health({ wait: { reason, until } });

beforeEach(() => setLanguage('zh-CN'));

describe('the state of a provider', () => {
  it('is quiet where all is well, also while tasks wait their turn', () => {
    expect(says(card())).toEqual(['正常', false, null]);
    expect(says(card(), waiting('slot'))).toEqual(['正常', false, null]);
    expect(conditionOf(card(), health(), NOW).tone).toBe('done');
  });

  it('is set up from the settings where it is not connected', () => {
    expect(says(card({ ready: false }))).toEqual(['还没有接', false, 'connect']);
    const begun = card({ ready: false, fields: [{ secret: true, configured: true }] as ProviderView['fields'] });
    expect(says(begun)).toEqual(['还没填完', false, 'connect']);
  });

  it('needs the user where the key is refused, gone or cannot be had', () => {
    expect(says(card({ check_failure: failure('unauthorized') }))).toEqual(['密钥无效', true, 'check_key']);
    expect(says(card(), waiting('key'))).toEqual(['没有可用的密钥', true, 'check_key']);
    expect(says(card({ expires_at: NOW - 1 }))).toEqual(['令牌已到期', true, 'renew']);
  });

  it('warns of a token a week ahead and needs the user three days ahead', () => {
    expect(says(card({ expires_at: NOW + 8 * DAY }))).toEqual(['正常', false, null]);
    expect(says(card({ expires_at: NOW + 5 * DAY }))).toEqual(['令牌 5 天后到期', false, 'renew']);
    expect(says(card({ expires_at: NOW + 2.5 * DAY }))).toEqual(['令牌 3 天后到期', true, 'renew']);
  });

  it('says what is used up in the unit of the provider', () => {
    const allowance = { unit: 'second' as const, left: 0, total: null, period: null, learned_at: NOW };
    expect(says(card({ unit: 'second', allowance }))).toEqual(['时长用完了', true, 'top_up']);
    expect(says(card(), health({ failures: [failed('quota-exhausted', NOW - 1000)] }))).toEqual(['次数用完了', true, 'top_up']);
  });

  it('is not used up any more once something was done or more is known to be left', () => {
    expect(says(card(), health({ last_success: NOW, failures: [failed('quota-exhausted', NOW - 1000)] }))[0]).toBe('正常');
    const allowance = { unit: 'use' as const, left: 50, total: null, period: null, learned_at: NOW };
    expect(says(card({ allowance }), health({ failures: [failed('quota-exhausted', NOW - 1000)] }))[0]).toBe('正常');
  });

  it('counts down to what goes on by itself, without asking for anything', () => {
    expect(says(card(), waiting('rate', NOW + 32_000))).toEqual(['限流，0:32 后继续', false, null]);
    expect(conditionOf(card(), waiting('rate', NOW + 32_000), NOW).turning).toBe(true);
    expect(says(card(), waiting('offline'))).toEqual(['等待联网', false, null]);
  });

  it('offers to pass the daily limit, the proxy and the folder where that is what is in the way', () => {
    expect(says(card(), waiting('daily_limit'))).toEqual(['到了今天的上限', false, 'lift']);
    expect(says(card(), waiting('not_sent', NOW + 60_000))).toEqual(['连不上，1:00 后再试', false, 'check_proxy']);
    expect(says(card(), waiting('disk_full'))).toEqual(['磁盘满了，已停止提交', false, 'open_folder']);
  });

  it('calls a row of failures one until it has been tested', () => {
    const of = health({ recent: recent('....xxx'), failures: [failed('provider-internal', NOW - 1000)] });
    expect(says(card(), of)).toEqual(['最近 3 条都失败了', false, 'test']);
    expect(says(card({ checked_at: NOW }), of)[0]).toBe('正常');
    expect(says(card(), health({ recent: recent('....xx'), failures: [failed('provider-internal', NOW)] }))[0]).toBe('正常');
  });

  it('is not called fine before anything was asked of it', () => {
    expect(says(card({ checked_at: null }), health({ recent: [] }))).toEqual(['已接好', false, 'test']);
  });
});

describe('the last tasks', () => {
  it('fill twenty cells from the right', () => {
    expect(recentCells(recent('.x?-')).slice(15)).toEqual(['empty', 'done', 'failed', 'unknown', 'off']);
    expect(recentCells([])).toHaveLength(20);
    expect(recentCells(recent('.'.repeat(20))).every((cell) => cell === 'done')).toBe(true);
  });

  it('are said in a sentence, without what there is none of', () => {
    expect(recentWords(recent('..x?'))).toBe('最近 4 条：2 条完成，1 条失败，1 条结果未知');
    expect(recentWords([])).toBe('还没有任务');
  });

  it('have failed in a row since the last that did not', () => {
    expect([streak(recent('x.xx')), streak(recent('xx?')), streak([]), streak(recent('xxx'))]).toEqual([2, 0, 0, 3]);
  });
});

describe('when it succeeded last', () => {
  it('is said in minutes within the hour, and by the clock after it', () => {
    expect(successWords(NOW - 5 * 60_000, NOW)).toBe('5 分钟前成功');
    expect(successWords(NOW - 5 * HOUR, NOW)).toBe('今天 09:30 成功');
    expect(successWords(NOW - DAY, NOW)).toBe('昨天 14:30 成功');
    expect(successWords(NOW - 3 * DAY, NOW)).toBe('11月17日 成功');
  });
});

describe('what tasks usually take', () => {
  it('names the operation unless it is the text', () => {
    expect(usualWords([['resolve', 6], ['transcribe', 84]])).toEqual(['平时 1 分 24 秒', '视频信息平时 6 秒']);
  });
});

describe('what is left', () => {
  const allowance = { unit: 'second' as const, left: 36_000, total: 72_000, period: 'monthly', learned_at: NOW - 30 * 60_000 };

  it('is a plain length with when it was learned', () => {
    expect(leftWords(card({ id: 'transcriptgenerate', unit: 'second', allowance }), NOW)).toEqual({ amount: '10 小时', note: '剩余，30 分钟前查到\n共 20 小时，每月重置', out: false });
    expect(leftWords(card({ allowance: { ...allowance, unit: 'use', left: 37, total: null, period: null } }), NOW).note).toBe('剩余，30 分钟前提交时得知');
  });

  it('is not guessed where nobody knows it', () => {
    expect(leftWords(card({ id: 'coze' }), NOW)).toEqual({ amount: '–', note: '服务商不提供余量查询', out: false });
    expect(leftWords(card({ allowance, check_failure: failure('unauthorized') }), NOW).note).toBe('换好密钥后再查');
    expect([leftWords(card(), NOW).note, leftWords(card({ id: 'transcriptgenerate' }), NOW).note]).toEqual(['提交一次后得知', '测试一次后得知']);
  });

  it('is out at nothing and has no end where it is unlimited', () => {
    expect(leftWords(card({ allowance: { ...allowance, left: 0 } }), NOW).out).toBe(true);
    expect(leftWords(card({ allowance: { ...allowance, left: null } }), NOW).amount).toBe('不限量');
  });
});

describe('what was spent today', () => {
  it('stands beside the bound, in one unit', () => {
    expect(todayWords(card({ spent_today: 12, daily_limit: 50 }))).toEqual({ amount: '12 / 50 次', note: '今日 / 每日上限', share: 0.24 });
    expect(todayWords(card({ unit: 'second', spent_today: 372, daily_limit: 1800 })).amount).toBe('6 分 12 秒 / 30 分');
    expect(todayWords(card({ spent_today: 60, daily_limit: 50 })).share).toBe(1);
  });

  it('has no meter without a bound that holds', () => {
    expect(todayWords(card({ spent_today: 26, unit: 'credit' }))).toEqual({ amount: '26 点', note: '今日，没有设上限', share: null });
    expect(todayWords(card({ spent_today: 60, daily_limit: 50, limit_lifted: true })).share).toBeNull();
  });
});
