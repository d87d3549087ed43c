// What is wrong with a form, found before anything is sent. Rust checks the same again: it is the one that counts.

import type { Entry, Fault, FaultKind, Form, FormField } from '../../bindings';
import type { Input } from '../ipc';

/** The field whose value decides which of the others there are. */
export const MODEL = 'model';

/** A field is there for all models, or for those that it lists. */
export function isFor(field: FormField, model: string | null): boolean {
  return field.models.length === 0 || (model !== null && field.models.includes(model));
}

/** The model that an input chooses: its own, else the one that the provider takes where none is named. */
export function modelOf(form: Form, input: Input): string | null {
  const field = form.fields.find((one) => one.name === MODEL);
  if (!field) return null;
  const chosen = input[MODEL] ?? field.default;
  return typeof chosen === 'string' && field.choices.includes(chosen.trim()) ? chosen.trim() : null;
}

/** The fields there are for the model. A form without a choice of models has all of its own. */
export function fieldsOf(form: Form, model: string | null): FormField[] {
  const undivided = !form.fields.some((field) => field.name === MODEL);
  return form.fields.filter((field) => undivided || isFor(field, model));
}

/** Blank texts and lists without an entry count as empty. */
export function isFilled(entry: Entry | undefined): entry is Exclude<Entry, null> {
  if (entry === undefined || entry === null) return false;
  if (typeof entry === 'string') return entry.trim() !== '';
  return Array.isArray(entry) ? entry.some((text) => text.trim() !== '') : true;
}

/** Characters as Rust counts them, not UTF-16 units. */
export function characters(text: string): number {
  let count = 0;
  for (const character of text) if (character) count += 1;
  return count;
}

export function isAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text.trim());
    return (protocol === 'https:' || protocol === 'http:') && hostname !== '';
  } catch {
    return false;
  }
}

/** Everything that is wrong with the input, in the order of the fields. */
export function check(fields: readonly FormField[], input: Input, now: number): Fault[] {
  const faults: Fault[] = [];
  for (const field of fields) {
    const entry = input[field.name];
    const wrong = isFilled(entry) ? wrongWith(field, entry, now) : field.required ? wrongAs('missing') : null;
    if (wrong !== null) faults.push({ field: field.name, ...wrong });
  }
  return faults;
}

type Wrong = Pick<Fault, 'kind' | 'limit'>;

const wrongAs = (kind: FaultKind, limit: number | null = null): Wrong => ({ kind, limit });

/** What is wrong with one filled-in field. */
export function wrongWith(field: FormField, entry: Exclude<Entry, null>, now: number): Wrong | null {
  switch (field.kind) {
    case 'flag':
      return typeof entry === 'boolean' ? null : wrongAs('wrong_kind');
    case 'text':
    case 'long_text':
    case 'item':
      return typeof entry === 'string' ? tooLong(field, entry) : wrongAs('wrong_kind');
    case 'choice':
      return typeof entry === 'string' && field.choices.includes(entry) ? null : wrongAs('not_offered');
    case 'address':
      return typeof entry === 'string' && isAddress(entry) ? null : wrongAs('not_an_address');
    case 'addresses':
    case 'items': {
      if (!Array.isArray(entry)) return wrongAs('wrong_kind');
      const filled = entry.filter((text) => text.trim() !== '');
      if (field.most !== null && filled.length > field.most) return wrongAs('too_many', field.most);
      return field.kind === 'addresses' && !filled.every(isAddress) ? wrongAs('not_an_address') : null;
    }
    case 'whole':
    case 'number':
    case 'time':
      return typeof entry === 'number' ? wrongNumber(field, entry, now) : wrongAs('wrong_kind');
  }
}

function tooLong(field: FormField, text: string): Wrong | null {
  if (field.longest === null) return null;
  const sent = field.kind === 'long_text' ? text : text.trim();
  return characters(sent) > field.longest ? wrongAs('too_long', field.longest) : null;
}

function wrongNumber(field: FormField, value: number, now: number): Wrong | null {
  if (!Number.isFinite(value)) return wrongAs('wrong_kind');
  if (field.kind !== 'number' && !Number.isInteger(value)) return wrongAs('not_whole');
  if (field.smallest !== null && value < field.smallest) return wrongAs('too_small', field.smallest);
  if (field.largest !== null && value > field.largest) return wrongAs('too_large', field.largest);
  // A time with a bound of its own may have passed.
  return field.kind === 'time' && field.smallest === null && value <= now ? wrongAs('past') : null;
}
