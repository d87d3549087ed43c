import { beforeEach, expect, it } from 'vitest';
import type { NetworkTest, Reached } from '../bindings';
import { setLanguage } from './messages.svelte';
import { networkWords } from './network-words';

const test = (reached: Reached, proxy: string | null = null): NetworkTest => ({ provider: 'momoget', host: 'www.momoget.cn', reached, took_ms: 1286.4, proxy });

beforeEach(() => setLanguage('zh-CN'));

it('a service that answered is said with its host, the way and the time', () => {
  expect(networkWords(test('answered'))).toEqual({ good: true, text: '连上了 www.momoget.cn，直连，1,286 毫秒', advice: null, remedy: null });
  expect(networkWords(test('answered', 'http://127.0.0.1:7890')).text).toBe('连上了 www.momoget.cn，经过 http://127.0.0.1:7890，1,286 毫秒');
});

it.each<[Reached, string | null, string]>([
  ['no_connection', null, 'custom'],
  ['no_connection', 'http://127.0.0.1:7890', 'direct'],
  ['proxy', 'http://127.0.0.1:7890', 'direct'],
  ['certificate', 'http://127.0.0.1:7890', 'direct'],
  ['certificate', null, 'again'],
  ['no_name', null, 'again'],
  ['silent', null, 'again'],
])('what is in the way (%s, proxy %s) has one remedy: %s', (reached, proxy, remedy) => {
  const words = networkWords(test(reached, proxy));
  expect(words.remedy).toBe(remedy);
  expect(words.good).toBe(false);
  expect(words.text).toContain('www.momoget.cn');
  expect(words.advice).not.toBeNull();
});
