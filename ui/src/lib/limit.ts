// The user's own bound for a day at a provider.

import type { ProviderView, Unit } from '../bindings';
import { t, type MessageKey } from './messages.svelte';
import { amount } from './words';

export const limitUnits: Record<Unit, MessageKey> = {
  use: 'settings.limit_unit.use',
  second: 'settings.limit_unit.second',
  run: 'settings.limit_unit.run',
  credit: 'settings.limit_unit.credit',
};

/** The largest number that Rust takes. */
const LARGEST = 4_294_967_295;

/** The bound that was typed: none where nothing was, `undefined` where it is no bound. */
export function limitOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  if (!/^\d+$/.test(text)) return undefined;
  const limit = Number(text);
  return limit >= 1 && limit <= LARGEST ? limit : undefined;
}

/** Why a task waits for tomorrow: the bound is reached, or its price would pass it. */
export function limitWords(provider: ProviderView | undefined): string {
  if (!provider || provider.daily_limit === null) return t('wait.daily_limit');
  const { unit, daily_limit, spent_today } = provider;
  const spent = amount(unit, spent_today);
  if (spent_today >= daily_limit) return t('queued.limit_reached', { amount: spent });
  return t('queued.limit_passed', { spent, limit: amount(unit, daily_limit) });
}

/** What was used today, with the bound where there is one that holds. */
export function todayWords({ unit, spent_today, daily_limit, limit_lifted }: ProviderView): string | null {
  const used = amount(unit, spent_today);
  if (daily_limit !== null && !limit_lifted) return t('amount.today_of', { amount: used, limit: amount(unit, daily_limit) });
  return spent_today > 0 ? t('amount.today', { amount: used }) : null;
}
