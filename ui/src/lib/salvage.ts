// What became of a damaged history, in words.

import type { AppState } from '../bindings';
import { dayAndTime, number } from './format';
import { sentences, t } from './messages.svelte';

export type Salvage = NonNullable<AppState['salvage']>;

interface SalvageWords {
  headline: string;
  text: string;
}

/** What was saved, and what the user has to decide. The text ends where the path of the damaged file follows. */
export function salvageWords({ tasks, doubted, from_backup }: Salvage, now: number): SalvageWords {
  const headline = tasks === 0 ? t('salvage.none') : t('salvage.headline', { n: number(tasks), count: tasks });
  const backup = from_backup === null ? '' : t('salvage.backup', { when: dayAndTime(from_backup, now) });
  const decide = doubted === 0 ? '' : t('salvage.doubted', { count: number(doubted) });
  const parts = [backup, decide, t('salvage.kept')].filter((part) => part !== '');
  return { headline, text: sentences(...parts) };
}
