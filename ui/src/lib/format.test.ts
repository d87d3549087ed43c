import { beforeEach, describe, expect, it } from 'vitest';
import { ago, bytes, dayAndTime, dayName, dayWord, duration, elapsed, shortId, shortUrl, urlCode } from './format';
import { setLanguage } from './messages.svelte';

beforeEach(() => setLanguage('zh-CN'));

const at = (day: number, hour = 12, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();

describe('elapsed time', () => {
  it.each([
    [0, '0:00'],
    [42_900, '0:42'],
    [725_000, '12:05'],
    [3_725_000, '1:02:05'],
    [-5000, '0:00'],
  ])('%d ms is %s', (ms, text) => {
    expect(elapsed(ms)).toBe(text);
  });
});

describe('a length in words', () => {
  it.each([
    [21, '21 秒'],
    [60, '1 分'],
    [92, '1 分 32 秒'],
    [62, '1 分 02 秒'],
    [5880, '1 小时 38 分'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('the size of a file', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [812_400, '812 KB'],
    [999_900, '1 MB'],
    [12_400_000, '12.4 MB'],
    [123_400_000, '123 MB'],
    [1_340_000_000, '1.3 GB'],
  ])('%d bytes are %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe('days', () => {
  it('today and yesterday go by the calendar, not by 24 hours', () => {
    expect(dayWord(at(19, 23, 59), at(20, 0, 1))).toBe('昨天');
    expect(dayWord(at(20, 0, 1), at(20, 23, 59))).toBe('今天');
    expect(dayWord(at(18), at(20))).toBeNull();
  });

  it('are named with the weekday', () => {
    expect(dayName(at(20), at(20))).toBe('11月20日 周五');
    setLanguage('en');
    expect(dayName(at(20), at(20))).toBe('Fri, Nov 20');
  });

  it('of another year say which', () => {
    expect(dayName(new Date(2025, 0, 2).getTime(), at(20))).toContain('2025年');
  });

  it('stand before the time', () => {
    expect(dayAndTime(at(20, 14, 32), at(20, 15))).toBe('今天 14:32');
    expect(dayAndTime(at(9, 8, 30), at(20))).toBe('11月9日 08:30');
  });
});

it('ago says nothing exact of the last minute', () => {
  expect([ago(0, 59_000), ago(0, 60_000)]).toEqual(['刚刚', '1 分钟前']);
});

it('ago counts calendar days', () => {
  expect(ago(at(17, 23), at(20, 1))).toBe('3 天前');
});

describe('addresses', () => {
  it('are shown without scheme, tracking and closing slash', () => {
    expect(shortUrl('https://v.douyin.com/iRk3xQ7_p2A/')).toBe('v.douyin.com/iRk3xQ7_p2A');
    expect(shortUrl('https://www.bilibili.com/video/BV1xx?share_source=copy')).toBe('bilibili.com/video/BV1xx');
  });

  it('end in their code', () => {
    expect(urlCode('https://v.douyin.com/iRk3xQ7_p2A/')).toBe('iRk3xQ7_p2A');
  });
});

it('a long id loses its middle', () => {
  expect(shortId('9c41aaaabbbbccccdddd2e07')).toBe('9c41…2e07');
  expect(shortId('12345')).toBe('12345');
});
