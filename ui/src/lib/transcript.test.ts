import { describe, expect, it } from 'vitest';
import { countWords, paragraphs, spokenSeconds } from './transcript';

describe('字数', () => {
  it('counts each Chinese character once and no punctuation', () => {
    expect(countWords('青菜，怎么炒？')).toBe(5);
  });

  it('counts a Latin word and a number once each', () => {
    expect(countWords('用 iPhone 15 拍，don’t 用 3.5 倍')).toBe(8);
  });

  it('is none for an empty text', () => {
    expect(countWords(' \n ')).toBe(0);
  });
});

it('speaking takes a second for 4.5 characters', () => {
  expect(spokenSeconds(412)).toBe(92);
});

describe('paragraphs', () => {
  it('are the lines of the provider, each with the characters before it', () => {
    expect(paragraphs('青菜。\n\n怎么炒？')).toEqual({
      list: [
        { text: '青菜。', from: 0 },
        { text: '怎么炒？', from: 2 },
      ],
      cut: false,
    });
  });

  it('are cut at sentences where the provider gave one long block, without losing a character', () => {
    const text = '这一句话刚好有十五个汉字左右呢。'.repeat(40);
    const { list, cut } = paragraphs(text);
    expect(cut).toBe(true);
    expect(list.length).toBeGreaterThan(3);
    expect(list.map((paragraph) => paragraph.text).join('')).toBe(text);
  });

  it('keep a long block without any sentence end whole', () => {
    const text = '字'.repeat(900);
    expect(paragraphs(text).list).toEqual([{ text, from: 0 }]);
  });
});
