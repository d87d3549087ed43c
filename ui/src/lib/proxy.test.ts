import { expect, it } from 'vitest';
import { holdsUser, proxyFault, proxyKind } from './proxy';

it('a proxy setting is a word or an address', () => {
  expect(['system', 'none', 'http://127.0.0.1:7890'].map(proxyKind)).toEqual(['system', 'none', 'custom']);
});

it.each([
  ['http://127.0.0.1:7890', null],
  ['socks5://localhost:1080', null],
  ['socks5h://[::1]:1080', null],
  ['127.0.0.1:7890', 'network.fault.scheme'],
  ['localhost:7890', 'network.fault.scheme'],
  ['ftp://127.0.0.1', 'network.fault.kind'],
  ['http://', 'network.fault.host'],
  ['socks5://', 'network.fault.host'],
  ['http://a b:1', 'network.fault.host'],
  ['http://me:word@127.0.0.1:7890', 'network.password'],
  ['socks5://me@127.0.0.1:1080', 'network.password'],
])('%s as a proxy address: %s', (text, fault) => {
  expect(proxyFault(text)).toBe(fault);
});

it('a user or password in an address is noticed', () => {
  expect(['http://me:word@127.0.0.1:7890', 'http://me@127.0.0.1:7890'].map(holdsUser)).toEqual([true, true]);
  expect(holdsUser('http://127.0.0.1:7890')).toBe(false);
});
