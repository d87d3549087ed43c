import { describe, expect, it } from 'vitest';
import { Select } from './select.svelte';

describe('a selection', () => {
  it('takes single tasks and gives them back', () => {
    const select = new Select();
    select.toggle(3, 0, []);
    select.toggle(7, 4, []);
    select.toggle(3, 0, []);
    expect([select.ids, select.value, select.count(99)]).toEqual([[7], { kind: 'tasks', ids: [7] }, 1]);
  });

  it('grows and shrinks with its range, and keeps what was there before', () => {
    const select = new Select();
    select.toggle(50, 40, []);
    select.toggle(10, 0, []);
    select.range([10, 9, 8, 7]);
    expect(select.ids.toSorted((one, other) => one - other)).toEqual([7, 8, 9, 10, 50]);
    select.range([10, 9]);
    expect([select.has(8), select.has(9), select.has(50)]).toEqual([false, true, true]);
  });

  it('of all that is found holds no ids', () => {
    const select = new Select();
    select.toggle(1, 0, []);
    select.all('青菜 平台:抖音');
    expect([select.value, select.ids, select.has(123), select.count(1284)]).toEqual([{ kind: 'found', query: '青菜 平台:抖音' }, [], true, 1284]);
  });

  it('of all becomes those that are here when one is taken out', () => {
    const select = new Select();
    select.all('青菜');
    select.toggle(2, 1, [3, 2, 1]);
    expect(select.value).toEqual({ kind: 'tasks', ids: [3, 1] });
  });

  it('forgets what is gone, and ends', () => {
    const select = new Select();
    select.toggle(1, 0, []);
    select.toggle(2, 1, []);
    select.forget([1, 99]);
    expect(select.ids).toEqual([2]);
    select.clear();
    expect([select.any, select.value]).toEqual([false, null]);
  });
});
