// The proxy setting is one text: `system`, `none`, or the address of a proxy.

import type { MessageKey } from './messages.svelte';

export type ProxyKind = 'system' | 'none' | 'custom';

export function proxyKind(setting: string): ProxyKind {
  return setting === 'system' || setting === 'none' ? setting : 'custom';
}

/** Why this cannot be the address of a proxy; none where it can. */
export function proxyFault(text: string): MessageKey | null {
  const address = text.trim();
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return 'network.fault.scheme';
  if (!/^(https?|socks5h?):\/\//i.test(address)) return 'network.fault.kind';
  if (holdsUser(address)) return 'network.password';
  const url = parsed(address);
  // Rust reads `http:///x` as the browser does, and nobody listens at port 0.
  return url === null || url.hostname === '' || url.port === '0' || /\s/.test(address) ? 'network.fault.host' : null;
}

/** It holds a user or password, which the settings would keep in a file: such a one is refused. */
export function holdsUser(text: string): boolean {
  const url = parsed(text.trim());
  return url !== null && (url.username !== '' || url.password !== '');
}

function parsed(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
