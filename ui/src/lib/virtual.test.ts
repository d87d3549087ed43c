import { describe, expect, it } from 'vitest';
import { Heights, Place, TALLEST } from './virtual';

const measuredAs = (from: number, heights: number[]): Map<number, number> => new Map(heights.map((height, n) => [from + n, height]));

function place(count: number, view = 600, estimate = 50): Place {
  const made = new Place(estimate);
  made.recount(count);
  made.resize(view);
  return made;
}

/** Scrolls as an engine does: not beyond its range, and where it is set anew it stands there. */
function scroll(to: Place, by: number, bar: number): number {
  const next = Math.max(0, Math.min(bar + by, to.range - to.view));
  if (!to.scrolled(next)) return next;
  to.sit(to.settled);
  return to.settled;
}

describe('heights', () => {
  it('add up what was measured and estimate the rest', () => {
    const heights = new Heights(50);
    heights.count = 100;
    heights.measure(measuredAs(10, [80, 20, 50]));
    expect([10, 11, 12, 13, 100].map((row) => heights.top(row))).toEqual([500, 580, 600, 650, 5000]);
    expect([0, 499, 500, 579, 580, 600, 4999, 9999].map((pixels) => heights.at(pixels))).toEqual([0, 9, 10, 10, 11, 12, 99, 99]);
  });

  it('take the first rows that are seen for the others', () => {
    const heights = new Heights(50);
    heights.count = 1000;
    heights.measure(measuredAs(0, [80, 60, 80, 60, 80, 60, 80, 60]));
    expect([heights.estimate, heights.total]).toEqual([70, 70_000]);
  });

  it('are not learned from rows that are not drawn', () => {
    const heights = new Heights(50);
    heights.count = 100;
    const none = measuredAs(0, Array.from({ length: 12 }, () => 0));
    expect(heights.measure(none)).toBe(false);
    expect([heights.estimate, heights.total, heights.at(4999)]).toEqual([50, 5000, 99]);
    // Nor is what is known of them forgotten.
    heights.measure(measuredAs(0, [80, 80]));
    expect(heights.measure(none)).toBe(false);
    expect([heights.of(0), heights.of(5)]).toEqual([80, 50]);
  });

  it('move along with their rows', () => {
    const heights = new Heights(50);
    heights.count = 10;
    heights.measure(measuredAs(2, [90, 30]));
    heights.splice(0, 0, 3);
    expect([2, 5, 6].map((row) => heights.of(row))).toEqual([50, 90, 30]);
    heights.splice(5, 1, 0);
    expect([5, 6].map((row) => heights.of(row))).toEqual([30, 50]);
  });

  it('are remembered for a bounded number of rows', () => {
    const heights = new Heights(50);
    heights.count = 1_000_000;
    heights.measure(measuredAs(5000, Array.from({ length: 8 }, () => 50)));
    heights.measure(measuredAs(0, Array.from({ length: 1500 }, () => 60)));
    heights.keepNear(1499);
    expect([heights.of(0), heights.of(1499), heights.top(2000)]).toEqual([50, 60, 2000 * 50 + 500 * 10]);
  });
});

describe('a short list', () => {
  it('has the scroll range of its rows', () => {
    expect([place(100).range, place(3).range]).toEqual([5000, 600]);
  });

  it('draws only what is near the view', () => {
    const list = place(1000);
    list.scrolled(10_000);
    expect(list.rows(200)).toEqual({ first: 196, end: 217 });
  });

  it('keeps the row in view where rows above it turn out higher', () => {
    const list = place(1000);
    list.scrolled(10_025);
    const before = [list.row, list.offset, list.y(200)];
    list.measured(measuredAs(190, [80, 90, 100]));
    expect([list.row, list.offset, list.y(200)]).toEqual(before);
    expect(list.settled).toBe(10_025 + 120);
  });

  it('stays at its end while the last rows are measured', () => {
    const list = place(100);
    list.scrolled(4400);
    list.measured(measuredAs(90, Array.from({ length: 10 }, () => 70)));
    expect(list.above + list.view).toBe(list.heights.total);
  });

  it('keeps what is in view when tasks arrive above, and shows them where the list begins', () => {
    const scrolled = place(100);
    scrolled.scrolled(1010);
    scrolled.splice(0, 0, 2);
    expect([scrolled.row, scrolled.offset]).toEqual([22, 10]);
    const top = place(100);
    top.splice(0, 0, 2);
    expect([top.row, top.offset, top.heights.count]).toEqual([0, 0, 102]);
  });

  it('keeps what is in view when rows above are gone', () => {
    const list = place(100);
    list.scrolled(1010);
    list.splice(3, 1, 0);
    expect([list.row, list.offset]).toEqual([19, 10]);
  });

  it('begins anew where other rows are shown', () => {
    const list = place(100);
    list.scrolled(1010);
    list.focus = 20;
    list.reset();
    expect([list.atTop, list.focus, list.jumped, list.settled]).toEqual([true, null, true, 0]);
  });

  it('keeps the row with the focus in mind when others come or go before it', () => {
    const list = place(100);
    list.focus = 20;
    list.splice(0, 0, 2);
    list.splice(5, 1, 0);
    list.splice(50, 1, 0);
    expect(list.focus).toBe(21);
  });

  it('moves as little as a row needs to be seen', () => {
    const list = place(100);
    list.reveal(5);
    expect(list.above).toBe(0);
    list.reveal(20);
    expect(list.above).toBe(21 * 50 - 600);
    list.reveal(2, 30);
    expect(list.above).toBe(70);
  });
});

describe('a million rows', () => {
  const million = (): Place => place(1_000_000, 700, 70);

  it('never need an element that engines cannot draw', () => {
    const list = million();
    list.scrolled(list.range - 700);
    const { first, end } = list.rows(500);
    expect([list.range, end, list.y(first) <= TALLEST]).toEqual([TALLEST, 1_000_000, true]);
    expect(TALLEST).toBeLessThan(10_000_000);
  });

  it('scroll by the same pixels as a short list', () => {
    const list = million();
    list.scrolled(2_000_000);
    const before = list.above;
    list.scrolled(2_000_120);
    expect(list.above - before).toBeCloseTo(120, 5);
  });

  it('are reached by the scroll bar, first to last', () => {
    const list = million();
    list.scrolled(list.range - 700);
    expect([list.row, Math.round(list.above + 700)]).toEqual([999_990, 70_000_000]);
    list.scrolled(0);
    expect(list.atTop).toBe(true);
  });

  it('are walked through by the wheel up to the end, though the bar is short', () => {
    const list = million();
    list.scrolled(list.range - 700);
    let bar = list.range - 700;
    // Away from the end and back, with a rest nowhere.
    for (let n = 0; n < 400; n += 1) bar = scroll(list, -400, bar);
    for (let n = 0; n < 500; n += 1) bar = scroll(list, 400, bar);
    expect([Math.round(list.above + 700), Math.round(bar)]).toEqual([70_000_000, list.range - 700]);
  });

  it('end where the bar is dragged to its end, however near that was', () => {
    const list = million();
    list.scrolled(20);
    list.splice(0, 0, 5000);
    list.sit(20);
    expect([list.scrolled(0, true), list.atTop]).toEqual([false, true]);
  });

  it('never end before the bar does', () => {
    const list = million();
    list.scrolled(20);
    // The bar is at its top long before the rows are.
    list.splice(0, 0, 5000);
    list.sit(20);
    const bar = scroll(list, -100, 20);
    expect(list.atTop).toBe(false);
    expect(bar).toBeGreaterThan(0);
  });

  it('come to rest without moving', () => {
    const list = million();
    list.scrolled(1_000_000);
    for (let n = 1; n <= 50; n += 1) list.scrolled(1_000_000 + n * 300);
    const before = [list.row, list.offset];
    const distance = list.y(list.row) - (1_000_000 + 50 * 300);
    list.sit(list.settled);
    expect([list.row, list.offset]).toEqual(before);
    expect(list.y(list.row) - list.settled).toBeCloseTo(distance, 5);
  });
});
