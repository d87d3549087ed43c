// What can be tidied in a text, in the order of the switches.

import type { TidySteps } from '../bindings';
import type { MessageKey } from './messages.svelte';

export type Step = Exclude<keyof TidySteps, 'filler_words'>;

export const steps: readonly { step: Step; name: MessageKey }[] = [
  { step: 'paragraphs', name: 'tidy.paragraphs' },
  { step: 'join_lines', name: 'tidy.join_lines' },
  { step: 'time_stamps', name: 'tidy.time_stamps' },
  { step: 'speakers', name: 'tidy.speakers' },
  { step: 'widths', name: 'tidy.widths' },
  { step: 'spaces', name: 'tidy.spaces' },
  { step: 'fillers', name: 'tidy.fillers' },
];

/** How many switches are on. */
export function switchedOn(tidy: TidySteps): number {
  return steps.filter(({ step }) => tidy[step]).length;
}

/** Words that were typed, taken apart where lists are: by commas, the comma of lists and white space. */
export function listed(typed: string): string[] {
  return typed.split(/[,，、;；\s]+/u).filter((word) => word !== '');
}

/** A list with more words at its end, none of them twice. */
export function joined(words: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...words, ...more])];
}
