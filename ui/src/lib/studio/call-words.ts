// Why a call to a provider that is no task did not work, in words.

import type { ProviderId } from '../../bindings';
import type { AppError } from '../ipc';
import { t } from '../messages.svelte';
import { chargedWords, errorWords, failureWords, providerName, type Remedy } from '../words';

export interface CallWords {
  /** `zhe` where it may have been done all the same, `held` where it only has to wait. */
  tone: 'zhu' | 'zhe' | 'held';
  headline: string;
  text: string;
  remedy: Remedy | null;
}

/** What can be done about it in the window. */
const REMEDIES: readonly Remedy[] = ['check_key', 'check_settings', 'check_proxy', 'top_up'];

/** `collection` is what the call was about, where it was about one. */
export function callWords(error: AppError, provider: ProviderId, collection: string | null = null): CallWords {
  const name = providerName(provider);
  switch (error.code) {
    case 'busy_call':
      return { tone: 'held', headline: t('collection.busy', { provider: name }), text: t('collection.busy_text'), remedy: null };
    case 'uncertain_call':
      return {
        tone: 'zhe',
        headline: t('collection.uncertain'),
        text: t(collection === 'posts' ? 'collection.uncertain_post' : 'collection.uncertain_text'),
        remedy: null,
      };
    case 'faults':
      return { tone: 'zhu', headline: t('collection.faults'), text: t('collection.faults_text'), remedy: null };
    case 'not_ready':
      return { tone: 'zhu', headline: errorWords('not_ready'), text: '', remedy: 'check_key' };
    default: {
      if (error.failure === null) return { tone: 'zhu', headline: errorWords(error.code), text: '', remedy: null };
      const words = failureWords(error.failure, null, null);
      const remedy = REMEDIES.find((one) => one === words.remedy) ?? null;
      const said = error.failure.message ? t('collection.said', { words: error.failure.message }) : '';
      const money = error.failure.charged === 'no' ? '' : chargedWords(error.failure);
      return { tone: 'zhu', headline: words.headline, text: [words.text, said, money].filter((part) => part !== '').join(' '), remedy };
    }
  }
}
