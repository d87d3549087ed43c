import { beforeEach, describe, expect, it } from 'vitest';
import type { Analysis, Keyframe } from '../bindings';
import { analysisText, momentName, timeline } from './analysis';
import { setLanguage } from './messages.svelte';

const frame = (at_s: number | null, over: Partial<Keyframe> = {}): Keyframe => ({
  at_s,
  word: null,
  description: null,
  visual: null,
  audio: null,
  text: null,
  ...over,
});

const on = (cells: boolean[] | undefined): number[] => (cells ?? []).flatMap((cell, at) => (cell ? [at] : []));

beforeEach(() => setLanguage('zh-CN'));

describe('the timeline', () => {
  it('has a cell for each second of a short video', () => {
    const line = timeline([frame(0), frame(3), frame(22)], 23);
    expect([line?.cells.length, on(line?.cells)]).toEqual([23, [0, 3, 22]]);
    expect(line?.marks.map((mark) => mark.text)).toEqual(['0:00', '0:05', '0:10', '0:15', '0:20']);
  });

  it('has no more cells than can be told apart', () => {
    const line = timeline([frame(0), frame(300)], 600);
    expect([line?.cells.length, on(line?.cells)]).toEqual([24, [0, 12]]);
    expect(line?.marks.length).toBeLessThanOrEqual(6);
  });

  it('keeps a moment at or behind the end in its last cell', () => {
    expect(on(timeline([frame(10)], 10)?.cells)).toEqual([9]);
    expect(on(timeline([frame(12)], 10)?.cells)).toEqual([11]);
  });

  it('is none where no moment has a time', () => {
    expect(timeline([frame(null)], 20)).toBeNull();
    expect(timeline([], 20)).toBeNull();
  });
});

describe("the provider's word for a moment", () => {
  it('is ours where we know it and theirs where we do not', () => {
    expect(['context', 'payoff', 'Pain point'].map(momentName)).toEqual(['背景', '收获', '问题']);
    expect([momentName('hook'), momentName(' Call to Action'), momentName('b-roll')]).toEqual(['开头', '引导', 'b-roll']);
  });
});

describe('an analysis as text', () => {
  const analysis: Analysis = {
    summary: '一根筷子扶起一盆花。',
    hook: '它今天第四次倒了。',
    keyframes: [frame(3.4, { word: 'problem', description: '换大盆', visual: '三个快剪', text: ' ' })],
    duration_s: 23,
    tags: ['植物', '零成本'],
    why_it_performed: ['前三秒没有废话'],
    attributes_to_copy: [],
    hooks_to_test: ['别再买支架了。'],
  };

  it('names its parts, leaves out the empty ones, and says that it is no transcript', () => {
    expect(analysisText('一盆花', analysis)).toBe(
      [
        '一盆花',
        '画面分析，不是逐字文案',
        '一句话\n一根筷子扶起一盆花。',
        '开头\n它今天第四次倒了。',
        '关键画面\n0:03 换大盆 （问题）\n画面：三个快剪',
        '为什么有人看\n· 前三秒没有废话',
        '可以试的开头\n· 别再买支架了。',
        '标签\n植物、零成本',
      ].join('\n\n'),
    );
  });
});
