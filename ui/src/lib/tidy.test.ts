import { describe, expect, it } from 'vitest';
import { DEFAULTS } from './preferences.svelte';
import { joined, listed, steps } from './tidy';
import { offered, tagOf } from './tags';

describe('the switches of tidying', () => {
  it('are one for each step that Rust knows', () => {
    const known = Object.keys(DEFAULTS.tidy).filter((name) => name !== 'filler_words');
    expect(steps.map(({ step }) => step).sort()).toEqual(known.sort());
  });
});

describe('words that are typed into a list', () => {
  it('are taken apart at commas, spaces and the comma of lists', () => {
    expect(listed('嗯、呃，就是说  然后呢')).toEqual(['嗯', '呃', '就是说', '然后呢']);
  });

  it('are never twice in it', () => {
    expect(joined(['嗯', '呃'], ['呃', '啊'])).toEqual(['嗯', '呃', '啊']);
  });
});

describe('a tag', () => {
  it('is one line without the hash that some write before it', () => {
    expect(tagOf('  ＃口播\n结构好 ')).toBe('口播 结构好');
    expect(tagOf('#')).toBe('');
  });

  it('is offered where it fits what is typed, those that begin with it first', () => {
    const known = [
      { tag: '好开场', tasks: 30 },
      { tag: '开场', tasks: 2 },
      { tag: 'Hook', tasks: 9 },
    ];
    expect(offered(known, [], '开').map((one) => one.tag)).toEqual(['开场', '好开场']);
    expect(offered(known, [], 'ｈｏ').map((one) => one.tag)).toEqual(['Hook']);
  });

  it('is not offered to a task that has it', () => {
    expect(offered([{ tag: '开场', tasks: 2 }], ['开场'], '')).toEqual([]);
  });
});
