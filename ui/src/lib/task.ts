// What a task is called and where it is shown.

import type { Desk, Operation, Task } from '../bindings';
import { shortId, shortUrl } from './format';

const desks: Record<Operation, Desk> = {
  transcribe: 'texts',
  resolve: 'texts',
  analyze: 'texts',
  generate_video: 'works',
  generate_image: 'works',
  generate_music: 'works',
  captions: 'works',
  overlay: 'works',
  scrape: 'research',
  plan: 'research',
};

/** The desk whose list a task stands in. */
export function deskOf(operation: Operation): Desk {
  return desks[operation];
}

/** A task's title: the provider's, else what the share text or the prompt said. */
export function titleOf(task: Pick<Task, 'found' | 'link' | 'subject'>): string | null {
  return task.found.title ?? task.link?.title ?? task.subject ?? null;
}

/** What a task without a title is told apart by: its address, else its number at the provider. */
export function codeOf(task: Pick<Task, 'link' | 'remote_id'>): string {
  if (task.link) return shortUrl(task.link.url);
  return task.remote_id ? shortId(task.remote_id) : '';
}
