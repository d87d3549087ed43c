// What the buttons of the ledger do.

import type { ProviderView } from '../../bindings';
import type { HealthRemedy } from '../../lib/health-words';
import { ipc } from '../../lib/ipc';
import { t } from '../../lib/messages.svelte';
import type { Session } from '../../lib/session.svelte';
import { failureHeadline } from '../../lib/words';

/** Asks the provider whether all is well, for nothing, and says what it answered. */
export async function test(session: Session, provider: ProviderView): Promise<void> {
  await session.attempt(async () => {
    const { check_failure: failure } = await session.providers.test(provider.id);
    await session.health.load();
    if (failure === null) session.toasts.show(t('health.test_ok', { provider: provider.name }));
    else session.toasts.fail(t('health.test_failed', { provider: provider.name, why: failureHeadline(failure, null) }));
  });
}

/** Does the one thing that helps. */
export async function mend(session: Session, provider: ProviderView, remedy: HealthRemedy): Promise<void> {
  switch (remedy) {
    case 'connect':
    case 'check_key':
    case 'renew':
      return session.showSettings('providers');
    case 'check_proxy':
      return session.showSettings('network');
    case 'top_up':
      await session.attempt(() => ipc.openProvider(provider.id, 'console'));
      return;
    case 'open_folder':
      await session.attempt(() => ipc.openDataFolder());
      return;
    case 'lift':
      if (await session.attempt(() => session.providers.liftLimit(provider.id))) await session.health.load();
      return;
    case 'test':
      return test(session, provider);
  }
}
