// What a test of the network found, in plain words, and the one thing to do about it.

import type { NetworkTest, Reached } from '../bindings';
import { number } from './format';
import { t, type MessageKey } from './messages.svelte';

/** What a button beside the result does: sets the way to this service, or asks again. */
export type NetworkRemedy = 'direct' | 'custom' | 'again';

export const networkRemedies: Record<NetworkRemedy, MessageKey> = {
  direct: 'network.remedy.direct',
  custom: 'network.remedy.custom',
  again: 'network.remedy.again',
};

interface NetworkWords {
  good: boolean;
  text: string;
  /** What to do, in words; none where it works. */
  advice: string | null;
  remedy: NetworkRemedy | null;
}

const texts: Record<Reached, MessageKey> = {
  answered: 'network.answered',
  no_name: 'network.no_name',
  no_connection: 'network.no_connection',
  proxy: 'network.proxy',
  certificate: 'network.certificate',
  silent: 'network.silent',
};

/** By what happened, and whether a proxy was in between. */
function advice({ reached, proxy }: NetworkTest): { key: MessageKey; remedy: NetworkRemedy } | null {
  const through = proxy !== null;
  switch (reached) {
    case 'answered':
      return null;
    case 'no_name':
      return through ? { key: 'network.do.name_proxy', remedy: 'direct' } : { key: 'network.do.name', remedy: 'again' };
    case 'no_connection':
      return through ? { key: 'network.do.direct', remedy: 'direct' } : { key: 'network.do.custom', remedy: 'custom' };
    case 'proxy':
      return { key: 'network.do.proxy', remedy: 'direct' };
    case 'certificate':
      return through ? { key: 'network.do.certificate_proxy', remedy: 'direct' } : { key: 'network.do.certificate', remedy: 'again' };
    case 'silent':
      return { key: 'network.do.silent', remedy: 'again' };
  }
}

export function networkWords(test: NetworkTest): NetworkWords {
  const { host, proxy, reached, took_ms } = test;
  const way = proxy === null ? t('network.direct') : t('network.through', { proxy });
  const found = advice(test);
  return {
    good: reached === 'answered',
    text: t(texts[reached], { host, way, proxy: proxy ?? '', ms: number(Math.round(took_ms)) }),
    advice: found && t(found.key),
    remedy: found?.remedy ?? null,
  };
}
