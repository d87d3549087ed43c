// What the form for a post begins with, and whom it names.

import type { Entry, Item } from '../../bindings';
import { networkName } from '../names';
import { factOf } from './facts';

const MINUTE = 60_000;
/** A post takes some minutes to fill in: an hour that begins before is no time to propose. */
const AHEAD = 10 * MINUTE;

/** The next full hour, in local time, that is not over before the form is filled in. */
export function soon(now: number): number {
  const at = new Date(now + AHEAD);
  at.setMinutes(60, 0, 0);
  return at.getTime();
}

/** What the accounts with these ids are called, each with its platform: one name may stand for several. */
export function accountNames(accounts: readonly Item[], ids: Entry): string[] {
  const wanted = Array.isArray(ids) ? ids : [];
  return wanted.map((id) => {
    const account = accounts.find((one) => one.id === id);
    if (!account) return id;
    const platform = factOf(account, 'platform');
    const username = factOf(account, 'username');
    const name = account.title || (typeof username === 'string' ? username : '') || id;
    return typeof platform === 'string' && platform !== '' ? `${name} (${networkName(platform)})` : name;
  });
}
