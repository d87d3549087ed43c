// The one remedy of a row that needs the user.

import type { Task } from '../../bindings';
import { t } from '../../lib/messages.svelte';
import type { Session } from '../../lib/session.svelte';
import { failureWords, remedyNames, waitRemedy, type Remedy } from '../../lib/words';

function remedyOf(task: Task): Remedy | 'decide' | null {
  if (task.state === 'uncertain') return 'decide';
  if (task.state === 'failed' && task.failure) return failureWords(task.failure, task, null).remedy;
  return task.state === 'queued' ? waitRemedy(task.wait?.reason ?? null) : null;
}

/** What spends money is decided on the sheet, where its price stands. */
const onSheet: readonly (Remedy | 'decide')[] = ['decide', 'retry', 'other_provider', 'look_up', 'open_console'];

export function remedyText(task: Task): string | null {
  const remedy = remedyOf(task);
  if (remedy === null) return null;
  return remedy === 'decide' || onSheet.includes(remedy) ? t('remedy.decide') : t(remedyNames[remedy]);
}

export function doRemedy(session: Session, task: Task): void {
  const remedy = remedyOf(task);
  if (remedy === 'check_key' || remedy === 'check_settings') session.showSettings('providers');
  else if (remedy === 'check_proxy') session.showSettings('network');
  else session.showTask(task.id, task.operation);
}
