// What is said about newer versions of the program.

import type { Update } from '../bindings';
import { bytes, dayAndTime, percent } from './format';
import { t } from './messages.svelte';

/** How it stands with them. `now` is the moment by which times are written; `byHand`, whether there is a download page. */
export function updateWords(update: Update, now: number, byHand: boolean): { text: string; note: string | null } {
  switch (update.state) {
    case 'off':
      return { text: t('update.off'), note: t(byHand ? 'update.off_note' : 'update.off_note_bare') };
    case 'owned':
      return { text: t('update.owned'), note: t('update.owned_note') };
    case 'current':
      return update.checked_at === null
        ? { text: t('update.unchecked'), note: null }
        : { text: t('update.current'), note: t('update.checked', { when: dayAndTime(update.checked_at, now) }) };
    case 'checking':
      return { text: t('update.checking'), note: null };
    case 'found':
      return { text: t('update.found', { version: update.version }), note: null };
    case 'loading': {
      const { version, received, total } = update;
      const part = total === null || total === 0 ? bytes(received ?? 0) : t('update.loaded', { share: percent((received ?? 0) / total), total: bytes(total) });
      return { text: t('update.loading', { version }), note: part };
    }
    case 'waiting':
      return { text: t('update.waiting', { count: update.running }), note: t('update.waiting_note', { version: update.version }) };
    case 'ready':
      return { text: t('update.ready', { version: update.version }), note: null };
    case 'failed':
      return { text: t('update.failed'), note: t(update.page === '' ? 'update.failed_note_bare' : 'update.failed_note') };
  }
}
