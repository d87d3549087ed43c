import { describe, expect, it } from 'vitest';
import { counted, fold, marked, spans } from './marks';

describe('folding', () => {
  it('makes full-width ASCII half-width and small, and keeps every character in its place', () => {
    expect(fold('ＡＢＣ　１２３！ＯＫ')).toBe('abc 123!ok');
  });

  it('leaves alone what would become longer', () => {
    expect(fold('İ')).toHaveLength(1);
    expect(fold('ΑΣ')).toBe('ας'.replace('ς', 'σ'));
  });

  it('leaves traditional and simplified as they are', () => {
    expect(fold('體体')).toBe('體体');
  });
});

describe('marks', () => {
  it('find a word of one character, twice in a row as two', () => {
    expect(spans('菜菜青', ['菜'])).toEqual([[0, 1], [1, 2]]);
  });

  it('map back to the text as it is written', () => {
    expect(marked('做 ＡＩ 视频', ['ai'])).toEqual([
      { text: '做 ', hit: null },
      { text: 'ＡＩ', hit: 0 },
      { text: ' 视频', hit: null },
    ]);
  });

  it('join where words overlap', () => {
    expect(spans('炒青菜', ['炒青', '青菜'])).toEqual([[0, 3]]);
  });

  it('are found right behind a character outside the basic plane', () => {
    expect(spans('😆青菜', ['青菜'])).toEqual([[2, 4]]);
  });

  it('treat a word as text, never as a pattern', () => {
    expect(spans('a.b acb', ['a.b'])).toEqual([[0, 3]]);
  });

  it('are none for an empty word', () => {
    expect(spans('青菜', [''])).toEqual([]);
  });

  it('are numbered on over several paragraphs', () => {
    const texts = ['青菜，青菜', '没有', '青菜'];
    expect(counted(texts, ['青菜'])).toEqual({ before: [0, 2, 2], total: 3 });
    expect(marked('青菜', ['青菜'], 2)).toEqual([{ text: '青菜', hit: 2 }]);
  });
});
