import { expect, it } from 'vitest';
import { isProxyUrl, proxyKind } from './proxy';

it('a proxy setting is a word or an address', () => {
  expect(['system', 'none', 'http://127.0.0.1:7890'].map(proxyKind)).toEqual(['system', 'none', 'custom']);
});

it.each([
  ['http://127.0.0.1:7890', true],
  ['socks5://localhost:1080', true],
  ['127.0.0.1:7890', false],
  ['ftp://127.0.0.1', false],
  ['http://', false],
])('%s as a proxy address: %s', (text, valid) => {
  expect(isProxyUrl(text)).toBe(valid);
});
