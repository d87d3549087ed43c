// What the window says about exporting: the formats, and how one gets on.

import type { Export, ExportFailure, ExportFormat, ExportOrder, ExportState, ExportWish, Selection } from '../bindings';
import { number } from './format';
import type { IconName } from './icons';
import { t, type MessageKey } from './messages.svelte';
import type { Tone } from './words';

/** In the order in which they are offered: texts, tables, and what can be imported again. */
export const formats: readonly ExportFormat[] = ['txt', 'md', 'docx', 'xlsx', 'csv', 'json'];

export const formatWords: Record<ExportFormat, { name: MessageKey; good: MessageKey }> = {
  txt: { name: 'export.txt', good: 'export.txt_good' },
  md: { name: 'export.md', good: 'export.md_good' },
  docx: { name: 'export.docx', good: 'export.docx_good' },
  csv: { name: 'export.csv', good: 'export.csv_good' },
  xlsx: { name: 'export.xlsx', good: 'export.xlsx_good' },
  json: { name: 'export.json', good: 'export.json_good' },
};

/** Each task has a row of its own in a table, and its own entry in JSON: there is nothing to split. */
export function splits(format: ExportFormat): boolean {
  return format === 'txt' || format === 'md' || format === 'docx';
}

/** Its files are plain text, written as the user likes. */
export function takesTemplate(format: ExportFormat): boolean {
  return format === 'txt' || format === 'md';
}

/** What is ordered by what the user picked; a choice that the format does not have is left out. */
export function orderOf(selection: Selection, wish: ExportWish, path: string | null): ExportOrder {
  const { format } = wish;
  const template = takesTemplate(format) && wish.template?.trim() ? wish.template : null;
  const single = selection.kind === 'tasks' && selection.ids.length === 1;
  return { selection, format, each: wish.each && splits(format) && !single, template, path };
}

/** The one thing to do about an export that failed. */
export type ExportRemedy = 'other_place' | 'csv' | 'again';

const failures: Record<ExportFailure, { text: MessageKey; remedy: ExportRemedy | null }> = {
  disk_full: { text: 'export.disk_full', remedy: 'other_place' },
  unwritable: { text: 'export.unwritable', remedy: 'other_place' },
  nothing: { text: 'export.nothing', remedy: null },
  nothing_found: { text: 'export.nothing_found', remedy: null },
  too_many: { text: 'export.too_many', remedy: 'csv' },
  history: { text: 'export.history', remedy: 'again' },
};

export const exportRemedies: Record<ExportRemedy, MessageKey> = {
  other_place: 'export.other_place',
  csv: 'export.as_csv',
  again: 'remedy.try_again',
};

const looks: Record<ExportState, { icon: IconName; tone: Tone }> = {
  running: { icon: 'live', tone: 'live' },
  done: { icon: 'check', tone: 'done' },
  failed: { icon: 'fail', tone: 'fail' },
  cancelled: { icon: 'cancel', tone: 'off' },
};

export interface ExportWords {
  icon: IconName;
  tone: Tone;
  /** How it stands: how many are written, why it failed. */
  text: string;
  /** Twentieths that are written; none while it is not under way or not counted yet. */
  cells: number | null;
  remedy: ExportRemedy | null;
}

export function exportWords({ state, done, total, failure }: Export): ExportWords {
  const words = { ...looks[state], cells: null, remedy: null };
  switch (state) {
    case 'running': {
      if (total === 0) return { ...words, text: t('export.preparing') };
      // The last one is left to the end: closing the file takes its time.
      const cells = Math.min(19, Math.floor((done / total) * 20));
      return { ...words, text: t('export.running', { done: number(done), total: number(total) }), cells };
    }
    case 'done':
      return { ...words, text: t('export.done', { count: number(total) }) };
    case 'cancelled':
      return { ...words, text: t('export.cancelled') };
    case 'failed': {
      const { text, remedy } = failures[failure ?? 'history'];
      return { ...words, text: t(text), remedy };
    }
  }
}

/** The last part of a path, of any system: the file, or the folder of the files. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
