// The words on screen, in two languages. The same files are read by Rust for the command line.

import en from '../../messages/en.json';
import zh from '../../messages/zh-CN.json';

export type Language = 'zh-CN' | 'en';
export type MessageKey = keyof typeof zh;
export type Params = Record<string, string | number>;

const files: Record<Language, Record<string, string>> = { 'zh-CN': zh, en };

let current = $state<Language>('zh-CN');

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
  current = next;
  document.documentElement.lang = next;
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
