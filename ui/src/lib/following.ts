// Tasks that were begun elsewhere and are followed here by their number.

import type { Operation, ProviderId, ProviderView } from '../bindings';
import { hasNumber } from './words';

/** What is chosen of it so far. */
export interface Following {
  provider: ProviderId | null;
  operation: Operation | null;
  /** The number to begin with. */
  id: string;
}

/** What a number says about itself. */
export interface NumberHint {
  provider: ProviderId;
  operation: Operation;
}

/** The beginnings that providers give the numbers of their tasks. The others have none that would tell. */
const beginnings: readonly (NumberHint & { start: string })[] = [
  { start: 'cgt-', provider: 'jimeng', operation: 'generate_video' },
  { start: 'vid_', provider: 'rawugc', operation: 'generate_video' },
  { start: 'img_', provider: 'rawugc', operation: 'generate_image' },
  { start: 'mus_', provider: 'rawugc', operation: 'generate_music' },
];

/** Whose number this is, where it says so itself: the same answer for all of one beginning. */
export function hintOf(id: string): NumberHint | null {
  return beginnings.find(({ start }) => id.trim().startsWith(start)) ?? null;
}

/** The providers that can be asked by a number right now. */
export function followers(providers: readonly ProviderView[]): ProviderView[] {
  return providers.filter((one) => one.ready && one.operations.some(hasNumber));
}
