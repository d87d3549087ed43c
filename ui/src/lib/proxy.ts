// The proxy setting is one text: `system`, `none`, or the address of a proxy.

export type ProxyKind = 'system' | 'none' | 'custom';

export function proxyKind(setting: string): ProxyKind {
  return setting === 'system' || setting === 'none' ? setting : 'custom';
}

/** Whether this can be the address of a proxy. */
export function isProxyUrl(text: string): boolean {
  if (!/^(https?|socks5h?):\/\//i.test(text.trim())) return false;
  return URL.canParse(text.trim());
}
