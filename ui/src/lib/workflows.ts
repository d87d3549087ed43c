// The workflows that a user saved at a provider, as the field of its card holds them.

import type { Operation, ProviderView } from '../bindings';
import { shortId } from './format';
import { rowsOf } from './rows';

/** The card's field that holds them. */
const FIELD = 'workflows';

export interface Workflow {
  id: string;
  /** What the user calls it, else its id. */
  name: string;
}

/** Those that give what is asked for, in their order: the first is taken where none is picked. */
export function workflowsFor(provider: ProviderView | undefined, operation: Operation): Workflow[] {
  const field = provider?.fields.find((one) => one.name === FIELD);
  const gives = operation === 'resolve' ? 'info' : operation === 'transcribe' ? 'transcript' : null;
  if (!field || gives === null) return [];
  return rowsOf(field.value).flatMap(({ id, name, gives: given }) => {
    if (!id || (given || 'transcript') !== gives) return [];
    return [{ id, name: name || shortId(id) }];
  });
}
