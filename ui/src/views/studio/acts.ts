// What the pages of the studio do about a work.

import type { Task } from '../../bindings';
import { ipc } from '../../lib/ipc';
import { t } from '../../lib/messages.svelte';
import type { Session } from '../../lib/session.svelte';
import type { WorkRemedy } from '../../lib/studio/work-words';

/** Fills the form with what made a work. */
export async function changeAndMakeAgain(session: Session, task: Task): Promise<void> {
  await session.attempt(async () => {
    const detail = await ipc.task(task.id);
    session.studio.again(task, detail.input);
  });
}

export async function mendWork(session: Session, task: Task, remedy: WorkRemedy): Promise<void> {
  switch (remedy) {
    case 'change':
      return changeAndMakeAgain(session, task);
    case 'check_key':
    case 'check_settings':
    case 'other_provider':
      return session.showSettings('providers');
    case 'look_up':
      return session.lookUp(task);
    case 'check_proxy':
      return session.showSettings('network');
    case 'top_up':
    case 'open_console':
      return void session.attempt(() => ipc.openProvider(task.provider, 'console'));
    case 'open_folder':
      return void session.attempt(() => ipc.openDataFolder());
    // What spends is decided on its page, where its price stands.
    case 'retry':
    case 'open_video':
      return session.studio.show(task.id);
    case 'try_again':
      return void session.attempt(() => ipc.retryTask(task.id));
  }
}

/** Copies a text that stands on the page. */
export async function copyText(session: Session, text: string): Promise<void> {
  const done = await session.attempt(() => ipc.copyText(text));
  if (done) session.toasts.show(t('studio.copied'));
}

/** Puts a video that was found into the box of the texts, to be analysed or transcribed there. */
export async function toBox(session: Session, url: string, operation: 'analyze' | 'transcribe'): Promise<void> {
  session.view = 'texts';
  await session.setOperation(operation);
  await session.attempt(() => session.paste.set(url));
}
