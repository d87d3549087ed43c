// Templates of exported texts: `{{title}}` and the like, and what is wrong with one.

import type { ExportFormat } from '../bindings';
import type { MessageKey } from './messages.svelte';

/** What can be inserted, by the names that Rust fills in. */
export const names = ['title', 'author', 'platform', 'words', 'duration', 'date', 'time', 'provider', 'url', 'tags', 'note', 'text', 'share_text'] as const;

export type Name = (typeof names)[number];

export const nameWords: Record<Name, MessageKey> = {
  title: 'cli.export.title',
  author: 'cli.export.author',
  platform: 'cli.export.platform',
  words: 'cli.export.words',
  duration: 'cli.export.duration',
  date: 'cli.export.date',
  time: 'cli.export.time',
  provider: 'cli.export.provider',
  url: 'cli.export.url',
  tags: 'cli.export.tags',
  note: 'cli.export.note',
  text: 'cli.export.text',
  share_text: 'cli.export.share_text',
};

/** Columns of tables that are names as well, yet say little in a text. */
const rare = ['operation', 'state', 'starred'];

/** A stretch of a template. */
export interface Part {
  text: string;
  kind: 'plain' | 'name' | 'wrong';
}

/** What cannot be filled in, and where. */
export interface Wrong {
  /** UTF-16 offsets, end excluded. */
  start: number;
  end: number;
  /** 1 for the first. */
  line: number;
  /** What stands between the brackets; none where they are not closed. */
  name: string | null;
}

export interface Read {
  parts: Part[];
  wrong: Wrong[];
}

function isName(name: string): boolean {
  return rare.includes(name) || names.some((known) => known === name);
}

/** Takes a template apart. The parts together are the template. */
export function read(template: string): Read {
  const parts: Part[] = [];
  const wrong: Wrong[] = [];
  let at = 0;
  const put = (end: number, kind: Part['kind']): void => {
    if (end > at) parts.push({ text: template.slice(at, end), kind });
    at = end;
  };
  const fault = (start: number, end: number, name: string | null): void => {
    wrong.push({ start, end, line: template.slice(0, start).split('\n').length, name });
  };
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open < 0) break;
    put(open, 'plain');
    const rest = template.slice(open + 2);
    // Four stand for two.
    if (rest.startsWith('{{')) {
      put(open + 4, 'plain');
      continue;
    }
    // A name ends in its line: what is forgotten to be closed does not swallow the rest.
    const line = rest.split('\n', 1)[0] ?? '';
    const close = line.indexOf('}}');
    const next = line.indexOf('{{');
    const inner = close < 0 || (next >= 0 && next < close) ? undefined : line.slice(0, close);
    if (inner === undefined) {
      const end = open + 2 + (next < 0 ? line.length : next);
      fault(open, end, null);
      put(end, 'wrong');
      continue;
    }
    const end = open + inner.length + 4;
    const name = inner.trim();
    if (!isName(name)) fault(open, end, name);
    put(end, isName(name) ? 'name' : 'wrong');
  }
  put(template.length, 'plain');
  return { parts, wrong };
}

/** Where a user who wants a template of their own begins. */
export function sample(format: ExportFormat): string {
  return format === 'md'
    ? '# {{title}}\n\n{{author}} · {{platform}} · {{date}}\n{{url}}\n\n{{text}}\n'
    : '{{title}}\n{{author}} {{platform}} {{date}}\n{{url}}\n\n{{text}}\n';
}
