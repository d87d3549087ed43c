// The layer under the paste box: the text in pieces, the links in full ink.

/** A part of a text as UTF-16 offsets, end excluded. */
export type Span = readonly [start: number, end: number];

/** A stretch of text that is inked or not. */
export interface Piece {
  text: string;
  ink: boolean;
}

/** Cuts `text` at the spans. Spans that lie outside, overlap or are out of order are left pale rather than trusted. */
export function pieces(text: string, spans: readonly Span[]): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start < at || end <= start || end > text.length) continue;
    if (start > at) out.push({ text: text.slice(at, start), ink: false });
    out.push({ text: text.slice(start, end), ink: true });
    at = end;
  }
  if (at < text.length) out.push({ text: text.slice(at), ink: false });
  return out;
}

/**
 * Spans of `before` as they lie in `after`, for the moment until the new text is detected: those wholly before the
 * edit stay, those wholly behind it move along, those touched by it go pale.
 */
export function carried(before: string, after: string, spans: readonly Span[]): Span[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const shift = after.length - before.length;
  return spans.flatMap(([start, end]): Span[] => {
    if (end <= head) return [[start, end]];
    if (start >= before.length - tail) return [[start + shift, end + shift]];
    return [];
  });
}
