// Filters as words in the search box: `平台:抖音 状态:失败,已取消`. The box is the whole truth of a search, so the menus
// read what they show out of it and write what is chosen into it. Rust reads the same grammar.

import { fold } from './marks';
import type { Language } from './messages.svelte';

export type FilterKey = 'platform' | 'provider' | 'operation' | 'state' | 'date' | 'tag' | 'starred' | 'text';

/** What each key is called in the box: in Chinese, in English, and what else is understood. */
const keys: Record<FilterKey, readonly string[]> = {
  platform: ['平台', 'platform'],
  provider: ['服务商', 'provider'],
  operation: ['操作', 'operation'],
  state: ['状态', 'state', 'status'],
  date: ['日期', 'date'],
  tag: ['标签', 'tag'],
  starred: ['收藏', 'starred', 'star'],
  text: ['文案', 'text'],
};

/** The words of values beside the program's own, the one that is written in Chinese first. */
const words: Partial<Record<FilterKey, Record<string, readonly string[]>>> = {
  platform: {
    douyin: ['抖音'],
    kuaishou: ['快手'],
    xiaohongshu: ['小红书', 'rednote'],
    bilibili: ['哔哩哔哩', 'b站'],
    toutiao: ['今日头条', '头条'],
    tiktok: ['tiktok'],
    weibo: ['微博'],
    ixigua: ['西瓜视频', '西瓜', 'xigua'],
    wechat_channels: ['微信视频号', '视频号', 'wechat'],
    youtube: ['youtube', '油管'],
    other: ['其他网站', '其他'],
  },
  provider: {
    momoget: ['momoget'],
    coze: ['coze', '扣子'],
    transcriptgenerate: ['transcriptgenerate'],
    rawugc: ['rawugc'],
    jimeng: ['即梦', '即梦网关'],
  },
  operation: {
    transcribe: ['转写', '提取文案', '文案'],
    resolve: ['视频信息', '信息', 'info'],
    analyze: ['画面分析', '分析', 'analysis'],
    generate_video: ['生成视频', 'video'],
    generate_image: ['生成图片', 'image'],
    generate_music: ['生成音乐', 'music'],
    captions: ['加字幕', '字幕'],
    overlay: ['加大字', '大字'],
    scrape: ['找视频', 'find'],
    plan: ['内容计划', '计划'],
  },
  state: {
    queued: ['排队中', '排队'],
    submitting: ['提交中'],
    running: ['转写中', '运行中'],
    succeeded: ['已完成', '完成', '成功', 'done'],
    failed: ['失败'],
    cancelled: ['已取消', '取消', 'canceled'],
    uncertain: ['结果未知', '未知', 'unknown'],
  },
  date: { today: ['今天'], yesterday: ['昨天'], '7d': ['7天'], '30d': ['30天'] },
  starred: { yes: ['是', '有', 'true', '1'], no: ['否', '无', 'false', '0'] },
  text: { yes: ['有', '是', 'true', '1'], no: ['无', '否', 'false', '0'] },
};

/** The states that one word stands for. */
export const ACTIVE: readonly string[] = ['queued', 'submitting', 'running'];
const ACTIVE_WORDS = ['进行中', 'active'];

const QUOTES: readonly (readonly [string, string])[] = [['"', '"'], ['“', '”'], ['＂', '＂'], ['「', '」']];
const BETWEEN = /[,，、|]/;

/** A part of the box. */
export type Part = { raw: string } & ({ kind: 'word'; word: string } | { kind: 'filter'; key: FilterKey; value: string });

/** The box cut into its parts. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const part = firstPart(rest);
    parts.push(part);
    rest = rest.slice(part.raw.length).trimStart();
  }
  return parts;
}

function firstPart(text: string): Part {
  const whole = quoted(text);
  if (whole !== null) return { raw: whole.raw, kind: 'word', word: whole.inside };
  const raw = /^\S+/.exec(text)?.[0] ?? text;
  const colon = raw.search(/[:：]/);
  const key = colon < 0 ? null : keyOf(raw.slice(0, colon));
  if (key === null) return { raw, kind: 'word', word: raw };
  const value = quoted(text.slice(colon + 1));
  if (value !== null) return { raw: text.slice(0, colon + 1) + value.raw, kind: 'filter', key, value: value.inside };
  return { raw, kind: 'filter', key, value: raw.slice(colon + 1) };
}

/** What stands in quotes at the beginning of a text. A quote that is not closed goes to the end. */
function quoted(text: string): { raw: string; inside: string } | null {
  const quote = QUOTES.find(([open]) => text.startsWith(open));
  if (quote === undefined) return null;
  const end = text.indexOf(quote[1], 1);
  if (end < 0) return { raw: text, inside: text.slice(1) };
  return { raw: text.slice(0, end + 1), inside: text.slice(1, end) };
}

function keyOf(text: string): FilterKey | null {
  // Width and case do not matter in keys and values.
  const wanted = fold(text);
  for (const [key, names] of Object.entries(keys)) if (names.includes(wanted)) return key as FilterKey;
  return null;
}

/** The program's own words for a value; none where it is no value of this key. */
function read(key: FilterKey, value: string): readonly string[] {
  if (key === 'tag') return value.trim() === '' ? [] : [value.trim()];
  const known = words[key];
  if (key === 'date') {
    const date = fold(value);
    const own = Object.entries(known ?? {}).find(([own, names]) => own === date || names.includes(date))?.[0];
    if (own !== undefined) return [own];
    return isDate(date) ? [date] : [];
  }
  const all = value.split(BETWEEN).map((one): readonly string[] | null => {
    const wanted = fold(one.trim());
    if (key === 'state' && ACTIVE_WORDS.includes(wanted)) return ACTIVE;
    const own = Object.entries(known ?? {}).find(([name, names]) => name === wanted || names.includes(wanted));
    return own === undefined ? null : [own[0]];
  });
  // One that is unknown makes the whole part a word.
  return all.includes(null) ? [] : all.flatMap((one) => one ?? []);
}

/** Whether these are days: so many back, a year, a month or a day, or all between two of them. */
function isDate(text: string): boolean {
  if (/^\d{1,5}(天|d)$/.test(text)) return Number.parseInt(text, 10) > 0;
  const between = text.includes('..') ? '..' : '~';
  const at = text.indexOf(between);
  if (at < 0) return stretch(text) !== null;
  const ends = [text.slice(0, at), text.slice(at + between.length)].map((end) => (end === '' ? undefined : stretch(end)));
  const [from, until] = ends;
  if (from === null || until === null || (from === undefined && until === undefined)) return false;
  return from === undefined || until === undefined || from[0] < until[1];
}

/** When a year, a month or a day begins, and when the next one does; none where the calendar has no such. */
function stretch(text: string): [first: number, behind: number] | null {
  const parts = /^(\d{1,4})(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?$/.exec(text);
  if (parts === null) return null;
  const [year = 0, month, day] = parts.slice(1).map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  if (year < 1970) return null;
  if (month === undefined) return [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  if (month < 1 || month > 12) return null;
  if (day === undefined) return [Date.UTC(year, month - 1), Date.UTC(year, month)];
  // A day that the month does not have would be one of the next.
  const first = Date.UTC(year, month - 1, day);
  return day >= 1 && new Date(first).getUTCMonth() === month - 1 ? [first, Date.UTC(year, month - 1, day + 1)] : null;
}

/** What the box asks for by a key, in the program's own words, each once. */
export function valuesOf(text: string, key: FilterKey): string[] {
  const all = partsOf(text).flatMap((part) => (part.kind === 'filter' && part.key === key ? read(key, part.value) : []));
  // Where only one can hold, the last one does.
  const one = key === 'date' || key === 'starred' || key === 'text';
  return one ? all.slice(-1) : [...new Set(all)];
}

/** The box with other values for a key, where the first of its parts stood, else at the end. */
export function withValues(text: string, key: FilterKey, values: readonly string[], language: Language): string {
  const written = values.length === 0 ? [] : write(key, values, language);
  let placed = false;
  const parts = partsOf(text).flatMap((part) => {
    if (part.kind !== 'filter' || part.key !== key || read(key, part.value).length === 0) return [part.raw];
    if (placed) return [];
    placed = true;
    return written;
  });
  return (placed ? parts : [...parts, ...written]).join(' ');
}

/** The same with one value more or less. */
export function toggled(text: string, key: FilterKey, value: string, language: Language): string {
  const values = valuesOf(text, key);
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return withValues(text, key, next, language);
}

function write(key: FilterKey, values: readonly string[], language: Language): string[] {
  const name = keys[key][language === 'en' ? 1 : 0] ?? key;
  // The three together have a word of their own.
  if (key === 'state' && ACTIVE.every((state) => values.includes(state))) {
    const rest = values.filter((value) => !ACTIVE.includes(value));
    const active = ACTIVE_WORDS[language === 'en' ? 1 : 0] ?? '';
    return [`${name}:${[active, ...rest.map((value) => said(key, value, language))].join(',')}`];
  }
  const all = values.map((value) => said(key, value, language));
  // A task has all of its tags, each behind a key of its own.
  if (key === 'tag') return all.map((tag) => `${name}:${quote(tag)}`);
  return [`${name}:${all.join(',')}`];
}

function said(key: FilterKey, value: string, language: Language): string {
  return language === 'en' ? value : (words[key]?.[value]?.[0] ?? value);
}

/** In quotes where it could not be read otherwise. */
function quote(tag: string): string {
  const bare = !/\s/.test(tag) && !QUOTES.some(([open]) => tag.startsWith(open));
  if (bare) return tag;
  const [open, close] = QUOTES.find((pair) => !tag.includes(pair[1])) ?? ['"', '"'];
  return `${open}${tag}${close}`;
}

/** The box without its filters: the words alone. */
export function withoutFilters(text: string): string {
  return partsOf(text).flatMap((part) => (part.kind === 'word' || read(part.key, part.value).length === 0 ? [part.raw] : [])).join(' ');
}

/** Whether the box narrows by anything beside words. */
export function hasFilters(text: string): boolean {
  return partsOf(text).some((part) => part.kind === 'filter' && read(part.key, part.value).length > 0);
}
