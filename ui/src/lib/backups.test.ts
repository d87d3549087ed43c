import { beforeEach, expect, it, vi } from 'vitest';
import type { Hit, Task } from '../bindings';
import { backupWords, importedWords, unfinished } from './backups';
import { ipc } from './ipc';
import { setLanguage } from './messages.svelte';

vi.mock('./ipc', () => ({ ipc: { countFound: vi.fn(), search: vi.fn() } }));

beforeEach(() => setLanguage('zh-CN'));

it('an import says what became of each entry', () => {
  expect(importedWords({ added: 12, merged: 3, known: 1040, skipped: 0 })).toBe('新增 12 条，合并 3 条，已有 1,040 条，跳过 0 条');
});

it('a backup says when and why it was made and how large it is', () => {
  const now = new Date(2026, 10, 20, 15).getTime();
  const at = new Date(2026, 10, 19, 3, 5).getTime();
  expect(backupWords({ path: '/b.db', kind: 'replaced', at, bytes: 41_200_000 }, now)).toEqual({ when: '昨天 03:05', why: '恢复前', size: '41.2 MB' });
});

it('what is paid for and has not ended is looked for by state, on every desk', async () => {
  const task = { link: null, subject: '一只纸船', operation: 'generate_video', found: { title: null } } as Task;
  vi.mocked(ipc.countFound).mockResolvedValue({ count: 2, exact: true });
  vi.mocked(ipc.search).mockResolvedValue({ hits: [{ task }, { task: { ...task, subject: null } }] as Hit[], after: null } as never);
  expect(await unfinished()).toEqual({ count: 2, titles: ['一只纸船', '没有标题'] });
  expect(vi.mocked(ipc.countFound).mock.calls[0]?.[0]).toBe('state:submitting state:running state:uncertain');
});
