// The words on screen, in two languages. The same files are read by Rust for the command line.

import type zh from '../../messages/zh-CN.json';
import { firstWords } from './first-words';

export type Language = 'zh-CN' | 'en';
export type MessageKey = keyof typeof zh;
export type Params = Record<string, string | number>;

type Words = Record<string, string>;

/** What is here of each language: at first only what the first screen says. */
const files: Record<Language, Words> = { ...firstWords };

const whole: Record<Language, () => Promise<{ default: Words }>> = {
  'zh-CN': () => import('../../messages/zh-CN.json'),
  en: () => import('../../messages/en.json'),
};
const coming: Partial<Record<Language, Promise<void>>> = {};

let current = $state<Language>('zh-CN');
/** The language that was set last; the one on screen stays until its words are here. */
let wanted: Language = 'zh-CN';
/** More than the first screen may be shown. */
let beyond = false;

/** The language on screen; reading it makes a component follow a change. */
export function language(): Language {
  return current;
}

/** The language that a setting means, where `system` is that of the system as Rust knows it. */
export function resolveLanguage(wish: 'system' | Language, system: 'system' | Language): Language {
  const meant = wish === 'system' ? system : wish;
  return meant === 'en' ? 'en' : 'zh-CN';
}

export function setLanguage(next: Language): void {
  wanted = next;
  if (!beyond || next === current) show(next);
  else void bring(next).then(() => show(wanted), () => undefined);
}

function show(next: Language): void {
  current = next;
  document.documentElement.lang = next;
}

function bring(next: Language): Promise<void> {
  return (coming[next] ??= whole[next]().then(
    ({ default: words }) => {
      files[next] = words;
    },
    (err: unknown) => {
      delete coming[next];
      throw err;
    },
  ));
}

/** Whether the language on screen can say anything yet. */
export function hasWords(): boolean {
  return Object.keys(files[current]).length > 0;
}

/** Brings every word of the language on screen. What is not on the first screen may be shown only after it. */
export async function bringWords(): Promise<void> {
  beyond = true;
  await bring(wanted);
}

/** Sentences after each other: English puts a space between them. An empty one keeps the space at that end. */
export function sentences(...parts: string[]): string {
  const [first = '', ...rest] = parts;
  const space = current === 'en' ? ' ' : '';
  const inner = rest.filter((part, at) => part !== '' || at === rest.length - 1);
  return [first, ...inner].join(space);
}

/**
 * The message in the current language with its `{name}` parts filled in. Where `count` is 1 and the language has its
 * own form for one (`key.one`), that is taken.
 */
export function t(key: MessageKey, params: Params = {}): string {
  const file = files[current];
  const one = String(params.count) === '1' ? file[`${key}.one`] : undefined;
  const message = one ?? file[key] ?? key;
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
