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

/**
 * A task's title: the provider's, else what the share text said, else, where there is no link, the prompt. What was
 * asked about a link is no name for it: many links are asked the same.
 */
export function titleOf({ found, link, subject, operation }: Pick<Task, 'found' | 'link' | 'subject' | 'operation'>): string | null {
  if (!link) return found.title ?? subject ?? null;
  // An analysis finds no title, only words that stand in for one.
  return operation === 'analyze' ? (link.title ?? found.title) : (found.title ?? link.title);
}

/** Whether it was begun elsewhere and only followed here by its number. Nobody here knows what it was made of. */
export function isFollowed(task: Pick<Task, 'link' | 'parent' | 'subject' | 'remote_id'>): boolean {
  return task.link === null && task.parent === null && task.remote_id !== null && task.subject === task.remote_id;
}

/** What a task without a title is told apart by: its address, else its number at the provider. */
export function codeOf(task: Pick<Task, 'link' | 'remote_id'>): string {
  if (task.link) return shortUrl(task.link.url);
  return task.remote_id ? shortId(task.remote_id) : '';
}
