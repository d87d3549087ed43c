import { describe, expect, it } from 'vitest';
import { carried, pieces } from './mirror';

describe('pieces', () => {
  it('ink the spans and keep every character of the text', () => {
    const text = '看看 https://v.douyin.com/a/ 吧';
    const cut = pieces(text, [[3, 25]]);
    expect(cut).toEqual([
      { text: '看看 ', ink: false },
      { text: 'https://v.douyin.com/a', ink: true },
      { text: '/ 吧', ink: false },
    ]);
  });

  it('count in UTF-16, so an emoji before a link moves it by two', () => {
    expect(pieces('😆x', [[2, 3]])).toEqual([
      { text: '😆', ink: false },
      { text: 'x', ink: true },
    ]);
  });

  it('leave out spans that overlap or reach beyond the text', () => {
    const text = 'abcdef';
    expect(
      pieces(text, [
        [0, 2],
        [1, 3],
        [4, 9],
      ])
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('are none for an empty text', () => {
    expect(pieces('', [])).toEqual([]);
  });
});

describe('carried spans', () => {
  it('stay where the edit comes after them', () => {
    expect(carried('abc', 'abcd', [[0, 2]])).toEqual([[0, 2]]);
  });

  it('move along where the edit comes before them', () => {
    expect(carried('abc', 'xxabc', [[1, 3]])).toEqual([[3, 5]]);
  });

  it('go pale where the edit touches them', () => {
    expect(carried('abcdef', 'abXdef', [[1, 4]])).toEqual([]);
  });
});
