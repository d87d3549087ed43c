// What was pasted into the wrong box: a key where no key belongs, something else where a key does. Nobody is stopped.

import type { ProviderId } from '../bindings';
import type { MessageKey } from './messages.svelte';

/** Beginnings of keys, as Rust knows them for the paste box (`share-text`, `notice.rs`). */
const PREFIXES = ['ak_', 'sk_', 'sk-', 'pat_', 'sat_', 'cztei_', 'eyJ'];
/** A beginning with less behind it is a word. */
const SHORTEST_TAIL = 12;

/**
 * Whether a text holds a key, so that a field whose text is kept or searched asks before it takes it. Only what begins
 * like one: the number of a task is as long and as mixed as a key without a beginning, and belongs into a note.
 */
export function holdsKey(text: string): boolean {
  return text.split(/[\s"'=,;:：，]+/).some((token) => {
    const prefix = PREFIXES.find((one) => token.startsWith(one));
    return prefix !== undefined && /^[\w.-]+$/.test(token) && token.length - prefix.length >= SHORTEST_TAIL;
  });
}

const coze = /^(pat|sat|cztei)_/;

/** What is odd about a text in a key field, in words; none where it may well be a key. */
export function keyDoubt(provider: ProviderId, field: string, text: string): MessageKey | null {
  const key = text.trim();
  if (key === '') return null;
  if (/^[•*●]+$/.test(key)) return 'settings.doubt.mask';
  if (/https?:\/\/|\p{Script=Han}/u.test(key)) return 'settings.doubt.share';
  if (/\s/.test(key)) return 'settings.doubt.space';
  if (provider === 'coze') return /^(ak|sk)[_-]/.test(key) ? 'settings.doubt.not_coze' : null;
  if (coze.test(key)) return 'settings.doubt.coze';
  if (provider === 'transcriptgenerate') {
    if (field === 'api_key' && key.startsWith('sk_')) return 'settings.doubt.secret_in_key';
    if (field === 'api_secret' && key.startsWith('ak_')) return 'settings.doubt.key_in_secret';
    return null;
  }
  return key.startsWith('ak_') ? 'settings.doubt.transcriptgenerate' : null;
}
