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
