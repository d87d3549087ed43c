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
    // Messages under `cli.` are Rust's own.
    const unused = plain(Object.keys(chinese)).filter((key) => !key.startsWith('cli.') && !all.includes(`'${key}'`));
    expect(unused).toEqual([]);
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
