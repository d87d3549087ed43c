import { beforeEach, describe, expect, it } from 'vitest';
import type { ProviderId, SpendMonth, Spent, Unit } from '../bindings';
import { cellOf, columnsOf, dayWords, hasOpen, midnightOf, monthName, quantity, savedOf, uncertainOf } from './ledger';
import { setLanguage } from './messages.svelte';

const spent = (provider: ProviderId, unit: Unit, amount: number, over: Partial<Spent> = {}): Spent => ({ provider, unit, calls: amount, amount, open: 0, uncertain: 0, ...over });
const month = (total: Spent[]): SpendMonth => ({ month: '2026-11', months: ['2026-11'], days: [], total });

beforeEach(() => setLanguage('zh-CN'));

describe('an amount', () => {
  it('stays in the unit of its provider', () => {
    expect([quantity('use', 1284), quantity('run', 6), quantity('credit', 26)]).toEqual(['1,284 次', '6 次运行', '26 点']);
  });

  it('of seconds is written like any length', () => {
    expect([quantity('second', 372), quantity('second', 36_000), quantity('second', 0)]).toEqual(['6 分 12 秒', '10 小时', '0 秒']);
    setLanguage('en');
    expect([quantity('second', 36_000), quantity('use', 1)]).toEqual(['10 h', '1 use']);
  });
});

describe('days and months', () => {
  it('are named as the language writes them', () => {
    expect(monthName('2026-11')).toBe('2026年11月');
    setLanguage('en');
    expect(monthName('2026-11')).toBe('November 2026');
  });

  it('of this week are called today and yesterday, by the clock on the wall', () => {
    const now = midnightOf('2026-11-20') + 3_600_000;
    expect([dayWords('2026-11-20', now), dayWords('2026-11-19', now), dayWords('2026-11-18', now)]).toEqual(['今天', '昨天', '11月18日 周三']);
  });
});

describe('the columns', () => {
  it('are the providers of the month, in the order of their cards', () => {
    const of = month([spent('coze', 'run', 22), spent('momoget', 'use', 214)]);
    expect(columnsOf(of, ['momoget', 'transcriptgenerate', 'coze']).map((column) => column.provider)).toEqual(['momoget', 'coze']);
  });

  it('hold what one provider took and nothing of another', () => {
    const day = [spent('momoget', 'use', 12), spent('rawugc', 'credit', 26)];
    expect(cellOf(day, { provider: 'rawugc', unit: 'credit' })).toEqual({ amount: '26 点', open: null });
    expect(cellOf(day, { provider: 'coze', unit: 'run' })).toBeNull();
  });

  it('say how many calls nobody has put an amount to', () => {
    const column = { provider: 'rawugc', unit: 'credit' } as const;
    expect(cellOf([spent('rawugc', 'credit', 4, { calls: 6, open: 2 })], column)).toEqual({ amount: '4 点', open: '+ 2 次没说' });
    expect(cellOf([spent('rawugc', 'credit', 0, { calls: 2, open: 2 })], column)).toEqual({ amount: null, open: '2 次没说' });
    expect(cellOf([spent('rawugc', 'credit', 0, { calls: 2 })], column)).toEqual({ amount: '0 点', open: null });
  });
});

describe('the sums over providers', () => {
  it('count calls in doubt and links, never amounts', () => {
    const all = [spent('momoget', 'use', 12, { uncertain: 1 }), spent('coze', 'run', 1, { uncertain: 2 })];
    expect(uncertainOf(all)).toBe(3);
    expect(savedOf([{ day: '2026-11-20', spent: all, saved: 3 }, { day: '2026-11-19', spent: [], saved: 9 }])).toBe(12);
  });

  it('explain what was not told only where there is any', () => {
    expect([hasOpen(month([spent('momoget', 'use', 1)])), hasOpen(month([spent('coze', 'run', 1, { open: 1 })]))]).toEqual([false, true]);
  });
});
