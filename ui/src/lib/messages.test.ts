import { beforeEach, describe, expect, it } from 'vitest';
import en from '../../messages/en.json';
import zh from '../../messages/zh-CN.json';
import { resolveLanguage, setLanguage, t } from './messages.svelte';

const chinese: Record<string, string> = zh;
const english: Record<string, string> = en;
const placeholders = (message: string | undefined): string[] =>
  [...(message ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
const plain = (keys: string[]): string[] => keys.filter((key) => !key.endsWith('.one')).sort();

const sources = import.meta.glob(['../**/*.{ts,svelte}', '!../**/*.test.ts', '!../bindings.ts', '!../dev/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const rust = import.meta.glob(['../../../crates/*/src/**/*.rs', '../../../src-tauri/src/**/*.rs'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>;
const wholeRust = Object.values(rust).join('\n');

/** What of a component is written as it stands: its markup without tags, expressions and comments. */
function written(component: string): string {
  let text = component.replace(/<(script|style)[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, '').replace(/=>/g, '');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/\{[^{}]*\}/g, '');
  }
  return text;
}

beforeEach(() => setLanguage('zh-CN'));

describe('the two message files', () => {
  it('have the same keys', () => {
    expect(plain(Object.keys(english))).toEqual(plain(Object.keys(chinese)));
  });

  it('have the same placeholders in each message', () => {
    const differing = Object.keys(chinese).filter(
      (key) => placeholders(chinese[key]).join() !== placeholders(english[key]).join(),
    );
    expect(differing).toEqual([]);
  });

  it('have a form for one only beside a message that takes a count', () => {
    const stray = Object.keys(english).filter(
      (key) => key.endsWith('.one') && !/\{(count|n)\}/.test(english[key.slice(0, -4)] ?? ''),
    );
    expect(stray).toEqual([]);
  });

  it('have no exclamation marks, no 您, and no empty message', () => {
    const wrong = [...Object.entries(chinese), ...Object.entries(english)].filter(
      ([, message]) => message.trim() === '' || /[!！您]/.test(message),
    );
    expect(wrong).toEqual([]);
  });

  it('hold no message that the window does not use', () => {
    const all = Object.values(sources).join('\n');
    // Rust reads the same files, and makes the keys of some messages out of a name: those are under `cli.`.
    const unused = plain(Object.keys(chinese)).filter((key) => !key.startsWith('cli.') && !all.includes(`'${key}'`) && !wholeRust.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it('lack no message that the window or Rust names', () => {
    const known = new Set(Object.keys(chinese).map((key) => key.split('.')[0]));
    const named = [...Object.values(sources)].flatMap((source) => [...source.matchAll(/\bt\(\s*'([^']+)'/g), ...source.matchAll(/[?:] '([a-z_]+\.[a-z0-9_.]+)'/g)].map((match) => match[1] ?? ''));
    const inRust = [...wholeRust.matchAll(/\.(?:say|one|word|text)\("([a-z_]+\.[a-z0-9_.]+)"/g)].map((match) => match[1] ?? '');
    const missing = [...named, ...inRust].filter((key) => known.has(key.split('.')[0]) && !(key in chinese && key in english));
    expect(named.length).toBeGreaterThan(500);
    expect(inRust.length).toBeGreaterThan(3);
    expect(missing).toEqual([]);
  });
});

/** Names of keys and licences, and an example of a link, are the same in every language. */
const proper = /MIT OR Apache-2\.0|\S*v\.douyin\.com\S*|05\/17 qRe:\/ P@w\.SY|\bF3\b|\bEsc\b/g;

describe('the components', () => {
  const components = Object.entries(sources).filter(([path]) => path.endsWith('.svelte'));

  it('hold no text of their own', () => {
    const own = components.flatMap(([path, source]) => {
      const text = written(source).replace(/<[^>]*>/g, ' ').replace(proper, '');
      return /\p{L}/u.test(text) ? [`${path}: ${text.trim().replace(/\s+/g, ' ')}`] : [];
    });
    expect(components.length).toBeGreaterThan(100);
    expect(own).toEqual([]);
  });

  it('name nothing to screen readers in one language alone', () => {
    const own = components.flatMap(([path, source]) => [...written(source).replace(proper, '').matchAll(/\b(?:aria-label|title|alt|placeholder)="[^"]*\p{L}[^"]*"/gu)].map((match) => `${path}: ${match[0]}`));
    expect(own).toEqual([]);
  });
});

describe('a message', () => {
  it('fills its placeholders in', () => {
    expect(t('paste.found', { count: 3 })).toBe('找到 3 条链接');
  });

  it('takes the form for one in English', () => {
    setLanguage('en');
    expect(t('paste.found', { count: 1 })).toBe('1 link found');
    expect(t('paste.found', { count: 2 })).toBe('2 links found');
  });
});

describe('the language', () => {
  it('follows the system where the setting says so', () => {
    expect(resolveLanguage('system', 'en')).toBe('en');
  });

  it('is the one of the setting otherwise', () => {
    expect(resolveLanguage('en', 'zh-CN')).toBe('en');
  });
});
