import { beforeEach, describe, expect, it } from 'vitest';
import type { Update } from '../bindings';
import { setLanguage } from './messages.svelte';
import { updateWords } from './update-words';

const now = new Date(2026, 10, 20, 15, 0).getTime();
const words = (update: Update): string => {
  const { text, note } = updateWords(update, now, true);
  return note === null ? text : `${text} / ${note}`;
};

beforeEach(() => setLanguage('zh-CN'));

describe('what is said of an update', () => {
  it('names the day of the last look', () => {
    expect(words({ state: 'current', checked_at: now - 3_600_000 })).toBe('已经是最新版 / 今天 14:00 检查过');
    expect(words({ state: 'current', checked_at: null })).toBe('还没有检查过更新');
  });

  it('says that it waits for paid tasks', () => {
    expect(words({ state: 'waiting', version: '0.2.0', running: 2 })).toBe('有 2 条在进行，完成后再更新。 / 0.2.0 已经下载好，不用管。');
  });

  it('counts one task in English', () => {
    setLanguage('en');
    expect(updateWords({ state: 'waiting', version: '0.2.0', running: 1 }, now, true).text).toBe('1 task is running; updating when it ends.');
  });

  it('says how much is loaded, as a part only where the whole is known', () => {
    expect(words({ state: 'loading', version: '0.2.0', received: 3_000_000, total: 6_000_000 })).toBe('正在下载 0.2.0 / 50%，共 6 MB');
    expect(words({ state: 'loading', version: '0.2.0', received: 3_000_000, total: null })).toBe('正在下载 0.2.0 / 3 MB');
  });

  it('sends nobody to a page that there is not', () => {
    expect(updateWords({ state: 'off' }, now, false).note).toBe('自己编译的就是这样。');
    expect(updateWords({ state: 'off' }, now, true).note).toContain('从下载页拿');
    expect(updateWords({ state: 'failed', page: '' }, now, false).note).not.toContain('下载：');
    expect(updateWords({ state: 'failed', page: 'https://x.example' }, now, true).note).toContain('从这里下载：');
  });

  it('has words for every state', () => {
    const states: Update[] = [{ state: 'off' }, { state: 'owned' }, { state: 'checking' }, { state: 'found', version: '1', notes: '' }, { state: 'ready', version: '1' }, { state: 'failed', page: 'https://x.example' }];
    expect(new Set(states.map((state) => updateWords(state, now, true).text)).size).toBe(states.length);
  });
});
