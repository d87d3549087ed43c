import type { TaskDetail } from '../../bindings';
import { ipc } from '../../lib/ipc';
import type { Session } from '../../lib/session.svelte';

/** Submits a task once more. Where the page says that another one is about the same video, the user knows of that. */
export async function again(session: Session, { task, another }: TaskDetail): Promise<void> {
  const done = await session.attempt(() => (another === null ? ipc.retryTask(task.id) : ipc.resendTask(task.id)));
  // What is in the way now was not when the page was made.
  if (!done) await session.detail.refresh(task.id);
}
