import { describe, expect, it } from 'vitest';
import type { Item } from '../../bindings';
import { accountNames, soon } from './posts';

const account = (id: string, title: string, facts: Item['facts']): Item => ({
  id,
  title,
  text: null,
  pictures: [],
  media_url: null,
  facts,
  built_in: false,
  input: {},
  analysis: null,
});

describe('the time that is proposed for a post', () => {
  const at = (hour: number, minute: number): number => new Date(2026, 10, 20, hour, minute, 30).getTime();

  it('is the next full hour', () => {
    expect(soon(at(10, 20))).toBe(new Date(2026, 10, 20, 11).getTime());
  });

  it('leaves time to fill the form in, over midnight as well', () => {
    expect(soon(at(10, 55))).toBe(new Date(2026, 10, 20, 12).getTime());
    expect(soon(at(23, 55))).toBe(new Date(2026, 10, 21, 1).getTime());
  });
});

it('accounts are named with their platform, and one that is not known by its id', () => {
  const accounts = [account('a', '阿岚', [['platform', 'tiktok']]), account('b', '', [['username', 'desk.garden']])];
  expect(accountNames(accounts, ['b', 'a', 'c'])).toEqual(['desk.garden', '阿岚 (TikTok)', 'c']);
  expect(accountNames(accounts, null)).toEqual([]);
});
