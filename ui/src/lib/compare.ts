// Two compared texts as they stand on the sheet: beside each other in rows, or as one text with what was changed in it.

import type { Piece, PieceKind } from '../bindings';

/** A stretch of a paragraph. */
export interface Run {
  kind: PieceKind;
  text: string;
  /** Which difference it belongs to, from 0; none where both texts agree. */
  change: number | null;
}

export type Paragraph = Run[];

/** Paragraphs that belong together: both texts break after them. */
export interface Row {
  left: Paragraph[];
  right: Paragraph[];
  changed: boolean;
}

/** What a break that was added or taken away looks like, since one cannot see nothing. */
const BREAK = '↵';

const empty = (paragraphs: readonly Paragraph[]): boolean => paragraphs.every((runs) => runs.every((run) => run.text.trim() === ''));

/** The pieces with the number of the difference that each belongs to. What stands between two agreeing ones is one. */
function* numbered(pieces: readonly Piece[]): Generator<Run> {
  let change = -1;
  let open = false;
  for (const { kind, text } of pieces) {
    if (kind !== 'same' && !open) change += 1;
    open = kind !== 'same';
    yield { kind, text, change: open ? change : null };
  }
}

/** The old text at the left and the new one at the right, a row for each paragraph that both have. */
export function rows(pieces: readonly Piece[]): Row[] {
  const out: Row[] = [];
  let row: Row = { left: [[]], right: [[]], changed: false };
  const close = (): void => {
    if (row.changed || !empty([...row.left, ...row.right])) out.push(row);
    row = { left: [[]], right: [[]], changed: false };
  };
  for (const { kind, text, change } of numbered(pieces)) {
    text.split('\n').forEach((line, at) => {
      if (kind === 'same') {
        if (at > 0) close();
        if (line === '') return;
        row.left.at(-1)?.push({ kind, text: line, change });
        row.right.at(-1)?.push({ kind, text: line, change });
        return;
      }
      const side = kind === 'removed' ? row.left : row.right;
      row.changed = true;
      if (at > 0) {
        side.at(-1)?.push({ kind, text: BREAK, change });
        side.push([]);
      }
      if (line !== '') side.at(-1)?.push({ kind, text: line, change });
    });
  }
  close();
  return out;
}

/** One text: the new one, with what was taken away still in it. */
export function merged(pieces: readonly Piece[]): Paragraph[] {
  const out: Paragraph[] = [[]];
  for (const { kind, text, change } of numbered(pieces)) {
    text.split('\n').forEach((line, at) => {
      if (at > 0) {
        if (kind !== 'same') out.at(-1)?.push({ kind, text: BREAK, change });
        // A break that was taken away breaks no more.
        if (kind !== 'removed') out.push([]);
      }
      if (line !== '') out.at(-1)?.push({ kind, text: line, change });
    });
  }
  return out.filter((runs) => runs.some((run) => run.kind !== 'same' || run.text.trim() !== ''));
}

const side = (pieces: readonly Piece[], without: PieceKind): string =>
  pieces.filter((piece) => piece.kind !== without).map((piece) => piece.text).join('');

/** The old text as it was. */
export const before = (pieces: readonly Piece[]): string => side(pieces, 'added');

/** The new text as it is. */
export const after = (pieces: readonly Piece[]): string => side(pieces, 'removed');
