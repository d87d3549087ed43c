// The order in which the providers of an operation are tried.

import type { Operation, ProviderView } from '../../bindings';
import { rearranged } from '../../lib/failover';
import { t } from '../../lib/messages.svelte';
import type { Session } from '../../lib/session.svelte';

/** Saves the order that some providers were brought into, and says where the moved one stands. Answers whether it was saved. */
export async function arrange(session: Session, operation: Operation, rows: readonly ProviderView[], moved: ProviderView): Promise<boolean> {
  const { preferences, providers } = session;
  const ids = rows.map((one) => one.id);
  const order = rearranged(preferences.value.order, operation, providers.all, ids);
  const done = await session.attempt(() => preferences.change({ order }));
  if (done) session.news = t('settings.order_at', { provider: moved.name, at: ids.indexOf(moved.id) + 1, count: ids.length });
  return done;
}
