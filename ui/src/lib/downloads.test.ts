import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Download, DownloadFailure } from '../bindings';
import { downloadRemedies, downloadWords } from './download-words';
import { Downloads } from './downloads.svelte';
import { setLanguage, t, type Language } from './messages.svelte';

vi.mock('./ipc', () => ({ ipc: {} }));

const download = (id: number, over: Partial<Download> = {}): Download => ({
  id,
  task: 1,
  media: { kind: 'video' },
  state: 'running',
  name: '红烧肉.mp4',
  path: '/downloads/红烧肉.mp4',
  received: 2_500_000,
  total: 10_000_000,
  speed: 500_000,
  failure: null,
  ...over,
});

const FAILURES: Record<DownloadFailure, true> = {
  expired: true,
  not_allowed: true,
  network: true,
  not_the_file: true,
  too_large: true,
  disk_full: true,
  unwritable: true,
};
const failures = Object.keys(FAILURES) as DownloadFailure[];

beforeEach(() => setLanguage('zh-CN'));

describe('the downloads', () => {
  it('stand newest first and are replaced where they stand', () => {
    const downloads = new Downloads();
    downloads.apply([download(1), download(2)]);
    downloads.apply([download(1, { state: 'done' })]);
    expect(downloads.all.map((one) => [one.id, one.state])).toEqual([
      [2, 'running'],
      [1, 'done'],
    ]);
    expect(downloads.running).toBe(1);
  });

  it('of a task are told apart by file, and a work by its place', () => {
    const downloads = new Downloads();
    downloads.apply([download(1, { media: { kind: 'work', index: 0 } }), download(2, { media: { kind: 'cover' } }), download(3, { task: 2 })]);
    expect(downloads.of(1, { kind: 'work', index: 0 })?.id).toBe(1);
    expect(downloads.of(1, { kind: 'work', index: 1 })).toBeUndefined();
    expect(downloads.of(1, { kind: 'video' })).toBeUndefined();
    expect(downloads.of(2, { kind: 'video' })?.id).toBe(3);
  });
});

describe('a download', () => {
  it('says how much there is, how fast it comes and how long it takes', () => {
    const words = downloadWords(download(1));
    expect([words.text, words.aside, words.cells]).toEqual(['下载中，2.5 MB / 10 MB', '每秒 500 KB，还要 15 秒', 5]);
  });

  it('of unknown size counts only what came', () => {
    const words = downloadWords(download(1, { total: null }));
    expect([words.text, words.aside, words.cells]).toEqual(['下载中，2.5 MB', '每秒 500 KB', null]);
  });

  it('of which nothing came neither broke off nor kept anything', () => {
    const none = downloadWords(download(1, { state: 'failed', failure: 'network', received: 0 }));
    expect([none.text, none.remedy]).toEqual(['没连上，还没有下到东西。', 'retry']);
    expect(downloadWords(download(1, { state: 'failed', failure: 'network' })).remedy).toBe('resume');
  });

  it('never fills its last cell before the end', () => {
    expect(downloadWords(download(1, { received: 10_000_000 })).cells).toBe(19);
  });

  it.each<Language>(['zh-CN', 'en'])('that failed has a cause of its own and one remedy in %s', (language) => {
    setLanguage(language);
    const words = failures.map((failure) => downloadWords(download(1, { state: 'failed', failure })));
    expect(new Set(words.map((one) => one.text)).size).toBe(failures.length);
    for (const { text, remedy } of words) {
      expect(text).not.toMatch(/[{}]|^download\./);
      expect(remedy === null ? '' : t(downloadRemedies[remedy])).not.toMatch(/^$|^download\./);
    }
  });
});
