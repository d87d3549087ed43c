// What was spent by day and month. Every provider keeps its own unit: nothing is converted, nothing is summed across.

import type { ProviderId, SpendDay, SpendMonth, Spent, Unit } from '../bindings';
import { dayName, dayWord, duration, number } from './format';
import { language, t } from './messages.svelte';

/** An amount by itself, where what it is of stands beside it: `12 次`, `6 分 12 秒`, `26 点`. */
export function quantity(unit: Unit, count: number): string {
  switch (unit) {
    case 'use':
      return t('amount.use', { count: number(count) });
    case 'run':
      return t('amount.run', { count: number(count) });
    case 'credit':
      return t('amount.credit', { count: number(count) });
    case 'second':
      return duration(count);
  }
}

/** `2026-11` as the language writes a month. */
export function monthName(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Intl.DateTimeFormat(language(), { year: 'numeric', month: 'long' }).format(new Date(year, number - 1, 1));
}

/** The local midnight that begins `2026-11-20`. */
export function midnightOf(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).getTime();
}

/** `今天`, `昨天`, `11月19日 周四`. */
export function dayWords(day: string, now: number): string {
  const at = midnightOf(day);
  return dayWord(at, now) ?? dayName(at, now);
}

/** A column of the ledger: one provider in one unit. */
export interface Column {
  provider: ProviderId;
  unit: Unit;
}

/** The providers that were used in a month, as they stand in `order`; nothing else has a column. */
export function columnsOf(month: SpendMonth, order: readonly ProviderId[]): Column[] {
  const place = (id: ProviderId): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return month.total.map(({ provider, unit }) => ({ provider, unit })).toSorted((one, other) => place(one.provider) - place(other.provider));
}

export interface Cell {
  /** What is known; none where nothing of it is. */
  amount: string | null;
  /** Calls of which nobody has said what they took. */
  open: string | null;
}

/** What a column holds on a day; none where nothing was asked of the provider. */
export function cellOf(spent: readonly Spent[], { provider, unit }: Column): Cell | null {
  const one = spent.find((of) => of.provider === provider && of.unit === unit);
  if (one === undefined || one.calls === 0) return null;
  // A call in doubt has a column of its own.
  const open = one.open === 0 ? null : t(one.amount === 0 ? 'ledger.open' : 'ledger.open_more', { count: one.open });
  return { amount: one.amount === 0 && open !== null ? null : quantity(unit, one.amount), open };
}

/** Calls of which nobody knows whether they were charged. Calls can be added up; what they took cannot. */
export function uncertainOf(spent: readonly Spent[]): number {
  return spent.reduce((sum, of) => sum + of.uncertain, 0);
}

/** Links in a month that cost nothing since history had their text. */
export function savedOf(days: readonly SpendDay[]): number {
  return days.reduce((sum, day) => sum + day.saved, 0);
}

/** Whether anything of the month needs the words for an amount that nobody said. */
export function hasOpen({ total }: SpendMonth): boolean {
  return total.some((of) => of.open > 0);
}
