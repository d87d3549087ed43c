// Where searched words stand in a text. Folding keeps every character in its place, so that what is found in the folded
// text can be marked in the text itself.

import { pieces, type Span } from './mirror';

/** A stretch of text that is marked or not; marked ones are numbered through the page. */
export interface Marked {
  text: string;
  /** Which hit this is, from 0; none for what lies between. */
  hit: number | null;
}

/** Full-width ASCII as half-width, the ideographic space as a space, small letters: each character stays one. */
export function fold(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ')
    .replace(/\p{Changes_When_Lowercased}/gu, (letter) => {
      const small = letter.toLowerCase();
      return small.length === letter.length ? small : letter;
    });
}

/** All places of the words as UTF-16 offsets, in order; what overlaps is one place. */
export function spans(text: string, words: readonly string[]): Span[] {
  const folded = fold(text);
  const found: [number, number][] = [];
  for (const word of new Set(words.map(fold))) {
    if (word === '') continue;
    for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + 1)) found.push([at, at + word.length]);
  }
  found.sort(([a], [b]) => a - b);
  const out: [number, number][] = [];
  for (const [start, end] of found) {
    const last = out.at(-1);
    // The same word twice in a row is two places; only what overlaps is one.
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

/** Cuts a text at its marks and numbers them from `first` on. */
export function marked(text: string, words: readonly string[], first = 0): Marked[] {
  let hit = first;
  return pieces(text, spans(text, words)).map((piece) => ({ text: piece.text, hit: piece.ink ? hit++ : null }));
}

/** How many marks stand before each of the texts, and in all of them. */
export function counted(texts: readonly string[], words: readonly string[]): { before: number[]; total: number } {
  let total = 0;
  const before = texts.map((text) => {
    const at = total;
    total += words.length === 0 ? 0 : spans(text, words).length;
    return at;
  });
  return { before, total };
}
