// Words about what is kept beside the history: backups, imports, and what goes when everything is deleted.

import type { Backup, BackupKind, Imported, Task } from '../bindings';
import { bytes, dayAndTime, number } from './format';
import { ipc } from './ipc';
import { t, type MessageKey } from './messages.svelte';
import { titleOf } from './task';

const kinds: Record<BackupKind, MessageKey> = {
  daily: 'backup.daily',
  wished: 'backup.wished',
  migration: 'backup.migration',
  replaced: 'backup.replaced',
};

/** `今天 03:00`, why it was made, and how large it is. */
export function backupWords({ at, kind, bytes: size }: Backup, now: number): { when: string; why: string; size: string } {
  return { when: dayAndTime(at, now), why: t(kinds[kind]), size: bytes(size ?? 0) };
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
