import { describe, expect, it } from 'vitest';
import { hasFilters, partsOf, toggled, valuesOf, withoutFilters, withValues, type FilterKey } from './filter-words';

describe('filters in the box', () => {
  it('are read in both languages, any width and case', () => {
    expect(valuesOf('平台:抖音 红烧肉 Ｐｌａｔｆｏｒｍ：TikTok', 'platform')).toEqual(['douyin', 'tiktok']);
    expect(valuesOf('状态:失败，已取消 state:failed', 'state')).toEqual(['failed', 'cancelled']);
    expect(valuesOf('状态:进行中', 'state')).toEqual(['queued', 'submitting', 'running']);
  });

  it('are words where a value is none', () => {
    expect([valuesOf('平台:抖', 'platform'), valuesOf('平台:抖音,抖', 'platform'), withoutFilters('平台:抖 青菜')]).toEqual([[], [], '平台:抖 青菜']);
  });

  it('are no filters inside quotes', () => {
    expect([valuesOf('"平台:抖音"', 'platform'), hasFilters('“平台:抖音” 12:30'), hasFilters('收藏:是')]).toEqual([[], false, true]);
  });

  it('hold tags with spaces', () => {
    const text = withValues('青菜', 'tag', ['做 菜', '口播', '"引"'], 'zh-CN');
    expect([text, valuesOf(text, 'tag')]).toEqual(['青菜 标签:"做 菜" 标签:口播 标签:“"引"”', ['做 菜', '口播', '"引"']]);
  });

  it('take the last one where only one can hold', () => {
    expect(valuesOf('日期:今天 日期:2026-11', 'date')).toEqual(['2026-11']);
    expect(valuesOf('日期:7天', 'date')).toEqual(['7d']);
  });

  it('are dates only where the calendar has them', () => {
    const date = (value: string): string[] => valuesOf(`日期:${value}`, 'date');
    const right = ['2026', '2026-11', '2026/2/28', '2024-02-29', '３天', '90d', '2026-11-01..2026-11-20', '2026-11~2026-11', '..2026-10', '2026-11-03..', '今天'];
    expect(right.filter((value) => date(value).length === 0)).toEqual([]);
    const wrong = ['2026-13', '2026-0', '2026-2-29', '2026-11-31', '1969', '20261', '0天', '明天', '..', '~', '2026-11..2026-10', '2026-11-3-1', '2026-', 'x..2026'];
    expect(wrong.filter((value) => date(value).length > 0)).toEqual([]);
    expect(valuesOf('日期:2026-11 日期:2026-13', 'date')).toEqual(['2026-11']);
    expect(withoutFilters('日期:2026-13 青菜')).toBe('日期:2026-13 青菜');
  });
});

describe('a menu', () => {
  it('writes its choice where the last one stood and leaves the words alone', () => {
    expect(toggled('青菜 平台:抖音 "两 个"', 'platform', 'kuaishou', 'zh-CN')).toBe('青菜 平台:抖音,快手 "两 个"');
    expect(toggled('青菜 平台:抖音 "两 个" 平台:快手', 'platform', 'douyin', 'zh-CN')).toBe('青菜 平台:快手 "两 个"');
    expect(toggled('青菜 平台:抖音', 'platform', 'douyin', 'zh-CN')).toBe('青菜');
    expect(toggled('greens', 'state', 'failed', 'en')).toBe('greens state:failed');
  });

  it('is read back as it was written, for every value in both languages', () => {
    const values: [FilterKey, string[]][] = [
      ['platform', ['douyin', 'kuaishou', 'xiaohongshu', 'bilibili', 'toutiao', 'tiktok', 'weibo', 'ixigua', 'wechat_channels', 'youtube', 'other']],
      ['provider', ['momoget', 'coze', 'transcriptgenerate', 'rawugc', 'jimeng']],
      ['operation', ['transcribe', 'resolve', 'analyze', 'generate_video', 'generate_image', 'generate_music', 'captions', 'overlay', 'scrape', 'plan']],
      ['state', ['queued', 'submitting', 'running', 'succeeded', 'failed', 'cancelled', 'uncertain']],
      ['date', ['30d']],
      ['starred', ['yes']],
      ['text', ['no']],
    ];
    for (const language of ['zh-CN', 'en'] as const) {
      for (const [key, wanted] of values) expect(valuesOf(withValues('', key, wanted, language), key)).toEqual(wanted);
    }
  });

  it('has one word for all that is under way', () => {
    const text = withValues('', 'state', ['running', 'failed', 'queued', 'submitting'], 'zh-CN');
    expect([text, valuesOf(text, 'state')]).toEqual(['状态:进行中,失败', ['queued', 'submitting', 'running', 'failed']]);
  });

  it('never loses a part of the box', () => {
    const text = '青菜  “不 关” 平台：抖音 12:30 标签:"a b" 未完 "开着';
    expect(partsOf(text).map((part) => part.raw)).toEqual(['青菜', '“不 关”', '平台：抖音', '12:30', '标签:"a b"', '未完', '"开着']);
  });
});
