import { beforeEach, describe, expect, it } from 'vitest';
import type { ProviderView } from '../bindings';
import { limitOf, limitWords, todayWords } from './limit';
import { setLanguage } from './messages.svelte';

const provider = (over: Partial<ProviderView>): ProviderView => ({ unit: 'use', spent_today: 50, daily_limit: 50, limit_lifted: false, ...over }) as ProviderView;

beforeEach(() => setLanguage('zh-CN'));

describe('the daily limit that is typed', () => {
  it('is none where nothing is', () => {
    expect([limitOf(''), limitOf('  ')]).toEqual([null, null]);
  });

  it('is a whole number from 1 on that Rust can take', () => {
    expect([limitOf('50'), limitOf(' 1 '), limitOf('4294967295')]).toEqual([50, 1, 4_294_967_295]);
    for (const wrong of ['0', '-1', '1.5', '1e3', '五', '4294967296']) expect(limitOf(wrong)).toBeUndefined();
  });
});

describe('a task that the limit keeps waiting', () => {
  it('says what was used in the unit of the provider', () => {
    expect(limitWords(provider({}))).toBe('今天已用 50 次，到你设的上限了');
    expect(limitWords(provider({ unit: 'second', spent_today: 600, daily_limit: 600 }))).toBe('今天已用 10 分额度，到你设的上限了');
  });

  it('does not call a limit reached that it would only pass', () => {
    expect(limitWords(provider({ unit: 'credit', spent_today: 45 }))).toBe('今天已用 45 点，这条会超过你设的上限 50 点');
  });

  it('has words where the limit was taken away meanwhile', () => {
    expect(limitWords(provider({ daily_limit: null }))).toBe('今天到上限了，明天自动继续');
    expect(limitWords(undefined)).toBe('今天到上限了，明天自动继续');
  });
});

describe('what was used today', () => {
  it('stands beside the limit as long as that holds', () => {
    expect(todayWords(provider({ spent_today: 0 }))).toBe('今日 0 次，上限 50 次');
    expect(todayWords(provider({ limit_lifted: true }))).toBe('今日 50 次');
  });

  it('is not worth a word where nothing was and nothing bounds it', () => {
    expect(todayWords(provider({ spent_today: 0, daily_limit: null }))).toBeNull();
  });
});
