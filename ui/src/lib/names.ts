// What the providers are called, and the units that they are paid in.

import type { ProviderId, Unit } from '../bindings';

/** The units are fixed by provider, so that a row can say which one is used up. */
export const units: Record<ProviderId, Unit> = {
  momoget: 'use',
  transcriptgenerate: 'second',
  coze: 'run',
  rawugc: 'credit',
  jimeng: 'credit',
};

const providerNames: Record<ProviderId, string> = {
  momoget: 'Momoget',
  transcriptgenerate: 'TranscriptGenerate',
  coze: 'Coze',
  rawugc: 'RawUGC',
  jimeng: '即梦网关',
};

/** The provider's proper name, the same in every language. */
export function providerName(id: ProviderId): string {
  return providerNames[id];
}

const networkNames: Record<string, string | undefined> = {
  facebook: 'Facebook',
  instagram: 'Instagram',
  linkedin: 'LinkedIn',
  pinterest: 'Pinterest',
  threads: 'Threads',
  tiktok: 'TikTok',
  twitter: 'X',
  x: 'X',
  youtube: 'YouTube',
};

/** A network that is posted to, as it writes itself; one that nobody knows stays as the provider names it. */
export function networkName(name: string): string {
  return networkNames[name.toLowerCase()] ?? name;
}
