// Tags as they are typed and offered.

import type { TagCount } from '../bindings';
import { fold } from './marks';

/** Offered at most. */
const OFFERED = 6;

/** A tag as it is kept: one line without a hash before it. */
export function tagOf(typed: string): string {
  return typed.replace(/\s+/gu, ' ').trim().replace(/^[#＃]+\s*/u, '');
}

/** Known tags that fit what is typed and that the task does not have yet; those that begin with it come first. */
export function offered(known: readonly TagCount[], has: readonly string[], typed: string): TagCount[] {
  const wanted = fold(tagOf(typed));
  const rest = known.filter(({ tag }) => !has.includes(tag) && fold(tag).includes(wanted));
  const rank = ({ tag }: TagCount): number => (fold(tag).startsWith(wanted) ? 0 : 1);
  return rest.sort((a, b) => rank(a) - rank(b) || b.tasks - a.tasks || a.tag.localeCompare(b.tag)).slice(0, OFFERED);
}
