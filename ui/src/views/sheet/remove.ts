// Deleting from the sheet: the focus goes to the row that takes the place, so that it is never lost.

import { tick } from 'svelte';
import type { TaskId } from '../../bindings';
import type { Session } from '../../lib/session.svelte';

export async function removeFromSheet(session: Session, id: TaskId): Promise<void> {
  await session.remove(id);
  await tick();
  document.querySelector<HTMLElement>('.list a[aria-current]')?.focus();
}
