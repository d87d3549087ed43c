import { describe, expect, it } from 'vitest';
import { gapAt, gapLine, reordered, scrollStep, shifted } from './reorder';

const list = ['a', 'b', 'c', 'd'];
const rows = [
  { top: 0, bottom: 40 },
  { top: 40, bottom: 120 },
  { top: 120, bottom: 160 },
];

describe('a row that is moved', () => {
  it('stands in the gap where it was let go', () => {
    expect(reordered(list, 0, 2)).toEqual(['b', 'a', 'c', 'd']);
    expect(reordered(list, 0, 4)).toEqual(['b', 'c', 'd', 'a']);
    expect(reordered(list, 3, 0)).toEqual(['d', 'a', 'b', 'c']);
  });

  it('changes nothing beside itself or outside of the list', () => {
    for (const gap of [1, 2, -1, 5]) expect(reordered(list, 1, gap)).toBe(list);
    expect(reordered(list, 7, 0)).toBe(list);
  });

  it('goes by one place up and down, and stays at the ends', () => {
    expect(shifted(list, 1, 1)).toEqual(['a', 'c', 'b', 'd']);
    expect(shifted(list, 1, -1)).toEqual(['b', 'a', 'c', 'd']);
    expect([shifted(list, 0, -1), shifted(list, 3, 1)]).toEqual([list, list]);
    expect(shifted(list, 3, 1)).toBe(list);
  });
});

describe('the gap under the pointer', () => {
  it('is above a row in its upper half and under it in its lower half', () => {
    expect([-5, 19, 21, 79, 81, 139, 141, 900].map((y) => gapAt(rows, y))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('is marked between its rows, and at the end under the last one', () => {
    expect([0, 1, 2, 3].map((gap) => gapLine(rows, gap))).toEqual([0, 40, 120, 160]);
    expect(gapLine([], 0)).toBe(0);
  });
});

describe('a row that is held near an edge', () => {
  const seen = { top: 100, bottom: 500 };

  it('scrolls faster the nearer it is, and not at all away from it', () => {
    expect(scrollStep(300, seen)).toBe(0);
    expect(scrollStep(130, seen)).toBeLessThan(0);
    expect(scrollStep(110, seen)).toBeLessThan(scrollStep(130, seen));
    expect(scrollStep(40, seen)).toBe(-14);
    expect([scrollStep(470, seen) > 0, scrollStep(600, seen)]).toEqual([true, 14]);
  });
});
