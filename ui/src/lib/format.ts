// Times, dates and numbers as the window writes them.

import { language, t } from './messages.svelte';

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language() + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language(), options);
  formats.set(key, made);
  return made;
}

let numbers: [language: string, format: Intl.NumberFormat] | null = null;

/** `1,284`. */
export function number(value: number): string {
  // Making one takes longer than writing a hundred numbers with it.
  if (numbers?.[0] !== language()) numbers = [language(), new Intl.NumberFormat(language())];
  return numbers[1].format(value);
}

/** A large number in short: `128万`, `1.3M`. */
export function short(value: number): string {
  return new Intl.NumberFormat(language(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** `40%`, from 0 to 1. */
export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** Elapsed or remaining time, from milliseconds: `0:42`, `12:05`, `1:02:05`. Never negative. */
export function elapsed(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(all % 60).padStart(2, '0');
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** A length in words, from seconds: `42 秒`, `1 分 32 秒`, `1 小时 38 分`. */
export function duration(seconds: number): string {
  const all = Math.max(0, Math.round(seconds));
  const s = all % 60;
  const m = Math.floor(all / 60) % 60;
  const h = Math.floor(all / 3600);
  if (h > 0) return m === 0 ? t('time.h', { h }) : t('time.h_min', { h, m });
  if (m === 0) return t('time.s', { s });
  return s === 0 ? t('time.min', { m }) : t('time.min_s', { m, s: String(s).padStart(2, '0') });
}

/** The size of a file: `812 KB`, `12.4 MB`, `1.3 GB`, in steps of a thousand as file managers count. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit < 2 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

/** `14:32`. */
export function clockTime(at: number): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** `14:32:05`. */
export function clockSeconds(at: number): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);
}

/** Midnight that begins the day of `at`, in local time: the day's key. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Whole days between two moments by the calendar; a day with a changed clock counts as one. */
function daysBetween(earlier: number, later: number): number {
  return Math.round((dayOf(later) - dayOf(earlier)) / DAY);
}

/** `11月20日 周五`, with the year where it is not this one. */
export function dayName(at: number, now: number): string {
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : ('numeric' as const);
  const english = language() === 'en';
  const month = english ? ('short' as const) : ('long' as const);
  const date = dateFormat({ year, month, day: 'numeric' }).format(at);
  const weekday = dateFormat({ weekday: 'short' }).format(at);
  return english ? `${weekday}, ${date}` : `${date} ${weekday}`;
}

/** Today and yesterday by name; other days have none. */
export function dayWord(at: number, now: number): string | null {
  const days = daysBetween(at, now);
  if (days === 0) return t('time.today');
  return days === 1 ? t('time.yesterday') : null;
}

/** `今天 14:32`, `昨天 21:14`, `11月9日 08:30`. */
export function dayAndTime(at: number, now: number): string {
  const time = clockTime(at);
  const days = daysBetween(at, now);
  if (days === 0) return t('time.today_at', { time });
  if (days === 1) return t('time.yesterday_at', { time });
  const month = language() === 'en' ? 'short' : 'long';
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : ('numeric' as const);
  return `${dateFormat({ year, month, day: 'numeric' }).format(at)} ${time}`;
}

/** `今天`, `昨天`, `11月9日`, with the year where it is not this one. */
export function dayShort(at: number, now: number): string {
  const month = language() === 'en' ? 'short' : 'long';
  const year = new Date(at).getFullYear() === new Date(now).getFullYear() ? undefined : ('numeric' as const);
  return dayWord(at, now) ?? dateFormat({ year, month, day: 'numeric' }).format(at);
}

/** `刚刚`, `3 天前`, `2 hours ago`. */
export function ago(at: number, now: number): string {
  if (now - at < 60_000) return t('time.just_now');
  const format = new Intl.RelativeTimeFormat(language());
  const say = (count: number, unit: Intl.RelativeTimeFormatUnit): string =>
    // Our words keep a space between a number and Chinese.
    format.format(-count, unit).replace(/(?<=\d)(?=\p{Script=Han})/u, ' ');
  const minutes = Math.max(1, Math.round((now - at) / 60_000));
  if (minutes < 60) return say(minutes, 'minute');
  const days = daysBetween(at, now);
  if (days === 0) return say(Math.round(minutes / 60), 'hour');
  if (days < 31) return say(days, 'day');
  return days < 365 ? say(Math.round(days / 30), 'month') : say(Math.round(days / 365), 'year');
}

/** What a language is called in ours: `英语`, `Japanese`. */
export function languageName(code: string): string {
  return new Intl.DisplayNames([language()], { type: 'language' }).of(code) ?? code;
}

/** The address without scheme and closing slash, as it is shown. */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/(\?.*)?$/, '').replace(/[?#].*$/, '');
}

/** The last part of an address: the code that tells short links apart. */
export function urlCode(url: string): string {
  return shortUrl(url).split('/').at(-1) ?? '';
}

/** A long id with its middle left out: `9c41…2e07`. */
export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id;
}
