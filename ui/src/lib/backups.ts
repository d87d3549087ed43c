// Words about what is kept beside the history: backups, imports, and what goes when everything is deleted.

import type { Backup, Imported, Task } from '../bindings';
import { bytes, dayAndTime, number } from './format';
import { ipc } from './ipc';
import { t } from './messages.svelte';
import { titleOf } from './task';

/** `今天 03:00`, and how large. */
export function backupWords({ at, bytes: size }: Backup, now: number): { when: string; size: string } {
  return { when: dayAndTime(at, now), size: bytes(size ?? 0) };
}

/** `新增 12 条，合并 3 条，已有 40 条，跳过 0 条`. */
export function importedWords({ added, merged, known, skipped }: Imported): string {
  return t('import.done', { added: number(added), merged: number(merged), known: number(known), skipped: number(skipped) });
}

/** Tasks that may cost money and have not ended, by the words of the search box. */
const UNFINISHED = 'state:submitting state:running state:uncertain';

/** How many of them are named. */
const NAMED = 3;

export interface Unfinished {
  count: number;
  /** The newest few, by their titles. */
  titles: string[];
}

/** What would be lost with the history although it is paid for. */
export async function unfinished(): Promise<Unfinished> {
  const [{ count }, { hits }] = await Promise.all([ipc.countFound(UNFINISHED), ipc.search(UNFINISHED, 'newest', null, NAMED)]);
  const title = (task: Task): string => titleOf(task) ?? t('done.untitled');
  return { count, titles: hits.map((hit) => title(hit.task)) };
}
