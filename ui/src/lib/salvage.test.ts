import { beforeEach, describe, expect, it } from 'vitest';
import { setLanguage, type Language } from './messages.svelte';
import { salvageWords, type Salvage } from './salvage';

const NOW = new Date(2026, 10, 20, 14).getTime();

const salvage = (over: Partial<Salvage> = {}): Salvage => ({ tasks: 1280, doubted: 3, from_backup: NOW - 86_400_000, kept_at: '/data/damaged', ...over });

beforeEach(() => setLanguage('zh-CN'));

describe('a salvaged history', () => {
  it('says how many tasks were saved, which backup helped and how many need a decision', () => {
    const { headline, text } = salvageWords(salvage(), NOW);
    expect(headline).toBe('数据文件坏了，原件已留好，救回 1,280 条');
    expect(text).toBe('缺的部分用昨天 14:00 的备份补上了。其中 3 条不知道提交了没有，拾文不会自己重发，要你逐条决定。坏的那份在');
  });

  it('claims neither a backup nor a decision where there is none', () => {
    expect(salvageWords(salvage({ from_backup: null, doubted: 0 }), NOW).text).toBe('坏的那份在');
  });

  it('does not hide that nothing could be saved', () => {
    expect(salvageWords(salvage({ tasks: 0, doubted: 0 }), NOW).headline).toContain('一条也没能救回');
  });

  it.each<Language>(['zh-CN', 'en'])('has all its words filled in and no stray space in %s', (language) => {
    setLanguage(language);
    for (const over of [{}, { from_backup: null }, { tasks: 1, doubted: 1 }, { doubted: 0 }]) {
      const { headline, text } = salvageWords(salvage(over), NOW);
      expect(`${headline} ${text}`).not.toMatch(/[{}]|salvage\.|^\s| {2}|\s$/);
    }
  });
});
