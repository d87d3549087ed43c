// Moving one of several rows to another place.

/** The list with the one at `from` standing in the gap before `gap`; the same list where it stands there already. */
export function reordered<T>(list: readonly T[], from: number, gap: number): readonly T[] {
  const one = list[from];
  if (one === undefined || gap < 0 || gap > list.length || gap === from || gap === from + 1) return list;
  return list.toSpliced(from, 1).toSpliced(gap > from ? gap - 1 : gap, 0, one);
}

/** The list with one moved by a place; the same list where it stands at the end already. */
export function shifted<T>(list: readonly T[], from: number, by: 1 | -1): readonly T[] {
  return reordered(list, from, by === 1 ? from + 2 : from - 1);
}

/** Where a row stands on the screen, in pixels. */
export interface Span {
  top: number;
  bottom: number;
}

/** The gap that is meant where the pointer is at `y`: the one above the first row whose middle is below it. */
export function gapAt(rows: readonly Span[], y: number): number {
  const below = rows.findIndex(({ top, bottom }) => y < (top + bottom) / 2);
  return below < 0 ? rows.length : below;
}

/** Where the line that marks a gap is drawn: on the border between its two rows. */
export function gapLine(rows: readonly Span[], gap: number): number {
  return rows[gap]?.top ?? rows.at(-1)?.bottom ?? 0;
}

/** How far to scroll in this frame while a row is held near the edge of what is seen; 0 away from it. */
export function scrollStep(y: number, seen: Span, edge = 48, most = 14): number {
  if (y < seen.top + edge) return -Math.ceil((Math.min(edge, seen.top + edge - y) / edge) * most);
  if (y > seen.bottom - edge) return Math.ceil((Math.min(edge, y - seen.bottom + edge) / edge) * most);
  return 0;
}
