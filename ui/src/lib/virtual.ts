// Where the rows of a long list stand, of which only those near the view are drawn.
//
// No engine draws an element of any height: beyond `TALLEST` the scroll range is shorter than the list. The libraries for
// long lists (TanStack Virtual among them) place each row by its offset in a range as high as all rows, which cannot be
// scaled. So here the place of a list is no scroll offset but a row, and how far the view begins below its top. A wheel
// or a key moves that place by the same pixels, whatever the scale; only a jump along the scroll bar is converted. What
// the two drift apart is put right when the scrolling has come to rest, where nobody can see it. Nothing above the view
// moves what is in it: neither rows that turn out higher than was thought, nor rows that come or go.

/** Pixels of the highest scroll range. Engines lose rows and precision somewhere above 10,000,000. */
export const TALLEST = 4_000_000;

/** Heights that are remembered; the rest is estimated. */
const MEASURED = 1000;

/** The heights of rows in pixels: measured where they have been seen, else estimated. */
export class Heights {
  count = 0;
  #estimate: number;
  #told = false;
  readonly #seen = new Map<number, number>();
  /** The measured rows in order, and by how much all before each differ from the estimate. */
  #order: number[] = [];
  #sums: number[] = [];
  #stale = false;

  constructor(estimate: number) {
    this.#estimate = estimate;
  }

  get estimate(): number {
    return this.#estimate;
  }

  /** Pixels of all rows together. */
  get total(): number {
    return this.top(this.count);
  }

  of(row: number): number {
    return this.#seen.get(row) ?? this.#estimate;
  }

  /** Pixels above a row. */
  top(row: number): number {
    this.#sum();
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return row * this.#estimate + (this.#sums[low] ?? 0);
  }

  /** The row at so many pixels from the top. */
  at(pixels: number): number {
    let [low, high] = [0, Math.max(0, this.count - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.top(middle) <= pixels) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Answers whether anything is other than was known. The first ones that are measured are the estimate of the rest.
   * What has no height is not drawn, which says nothing about its height.
   */
  measure(heights: ReadonlyMap<number, number>): boolean {
    let changed = false;
    for (const [row, height] of heights) {
      if (height <= 0 || this.#seen.get(row) === height) continue;
      this.#seen.set(row, height);
      changed = true;
    }
    const drawn = [...heights.values()].filter((height) => height > 0);
    if (!this.#told && drawn.length >= 8) {
      this.#told = true;
      const sum = drawn.reduce((all, height) => all + height, 0);
      this.#estimate = Math.round(sum / drawn.length);
    }
    if (changed) this.#stale = true;
    return changed;
  }

  /** Forgets the rows farthest from one, where too many are known. */
  keepNear(row: number): void {
    if (this.#seen.size <= MEASURED) return;
    const far = [...this.#seen.keys()].sort((one, other) => Math.abs(other - row) - Math.abs(one - row));
    for (const one of far.slice(0, this.#seen.size - MEASURED / 2)) this.#seen.delete(one);
    this.#stale = true;
  }

  /** Rows came or went at a place: what was measured behind it moves along. */
  splice(at: number, removed: number, added: number): void {
    const behind = [...this.#seen].filter(([row]) => row >= at);
    for (const [row] of behind) this.#seen.delete(row);
    for (const [row, height] of behind) if (row >= at + removed) this.#seen.set(row - removed + added, height);
    this.#stale = true;
  }

  /** Forgets what was measured, since the width of the list has changed, or what is in it. */
  forget(): void {
    this.#seen.clear();
    this.#stale = true;
  }

  #sum(): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#order = [...this.#seen.keys()].sort((one, other) => one - other);
    this.#sums = [0];
    let sum = 0;
    for (const row of this.#order) {
      sum += this.of(row) - this.#estimate;
      this.#sums.push(sum);
    }
  }
}

/** Where a list is looked at. Outlives the drawn list, so that coming back finds the same rows. */
export class Place {
  readonly heights: Heights;
  /** The row at the top of the view. */
  row = 0;
  /** Pixels of it that lie above the view. */
  offset = 0;
  /** Pixels of what stands behind the last row. */
  foot = 0;
  /** The row that has the focus: it stays drawn, wherever the view goes. */
  focus: number | null = null;
  /** The place is another one, so that the scroll bar must follow at once. */
  jumped = false;
  /** Height of the view in pixels. */
  #view = 0;
  /** Where the engine's scroll bar stands. */
  #scroll = 0;

  constructor(estimate = 70) {
    this.heights = new Heights(estimate);
  }

  get view(): number {
    return this.#view;
  }

  /** Pixels of the list with its foot. */
  get total(): number {
    return this.heights.total + this.foot;
  }

  /** Pixels that can be scrolled through: those of the list, or fewer. */
  get range(): number {
    return Math.max(this.#view, Math.min(this.total, TALLEST));
  }

  /** Pixels of the list above the view. */
  get above(): number {
    return this.heights.top(this.row) + this.offset;
  }

  /** Where the scroll bar belongs. */
  get settled(): number {
    const { above, range, total } = this;
    if (total <= TALLEST) return above;
    return (above / (total - this.#view)) * (range - this.#view);
  }

  /** Whether the first row begins at the top of the view. */
  get atTop(): boolean {
    return this.row === 0 && this.offset === 0;
  }

  /** The view has so many pixels. */
  resize(view: number): void {
    this.#view = view;
    this.#go(this.above);
  }

  /** There are so many rows now. */
  recount(count: number): void {
    this.heights.count = count;
    this.#go(this.above);
  }

  /** The engine has set the scroll bar there for us; nobody has scrolled. */
  sit(scroll: number): void {
    this.#scroll = scroll;
  }

  /**
   * The user has scrolled. Answers whether the scroll bar has to be set anew, since it is at its end and the list is
   * not, or the other way round. By the scroll bar itself (`dragged`), its ends are those of the list.
   */
  scrolled(scroll: number, dragged = false): boolean {
    const by = scroll - this.#scroll;
    this.#scroll = scroll;
    if (by === 0) return false;
    const { total } = this;
    const most = this.range - this.#view;
    const jump = total > TALLEST && Math.abs(by) > Math.max(2 * this.#view, 1500);
    if (jump) this.#go(most > 0 ? (scroll / most) * (total - this.#view) : 0);
    else if (dragged && (scroll <= 0 || scroll >= most)) this.#go(scroll <= 0 ? 0 : total);
    else this.#go(this.above + by);
    const end = total - this.#view;
    const [begins, ends] = [this.above <= 0, this.above >= end - 1];
    return begins !== scroll <= 0 || ends !== scroll >= most - 1;
  }

  /** Moves the view as little as a row needs to be seen whole, with `margin` pixels above it. */
  reveal(row: number, margin = 0): void {
    const top = this.heights.top(row) - margin;
    const bottom = this.heights.top(row) + this.heights.of(row);
    if (top < this.above) this.#go(top);
    else if (bottom > this.above + this.#view) this.#go(bottom - this.#view);
  }

  /** Other rows are shown from now on: from the first one. */
  reset(): void {
    this.heights.forget();
    this.focus = null;
    this.jumped = true;
    this.#go(0);
  }

  /** New heights: the row at the top stays where it is. */
  measured(heights: ReadonlyMap<number, number>): boolean {
    const ended = this.#ended;
    const changed = this.heights.measure(heights);
    if (!changed) return false;
    // Who looks at the end goes on doing so.
    this.#go(ended ? this.total : this.above);
    this.heights.keepNear(this.row);
    return true;
  }

  /** Rows came or went. What is in view stays there; only at the very top new rows come into view. */
  splice(at: number, removed: number, added: number): void {
    const first = this.atTop;
    this.heights.splice(at, removed, added);
    this.heights.count += added - removed;
    if (this.focus !== null && at + removed <= this.focus) this.focus += added - removed;
    if (at + removed <= this.row && !(first && at === 0)) this.row += added - removed;
    else if (at < this.row) this.row = at;
    this.#go(this.above);
  }

  /** The rows to draw, `[first, end)`: those in view, and `spare` pixels above and below. */
  rows(spare: number): { first: number; end: number } {
    const { above, heights } = this;
    if (heights.count === 0) return { first: 0, end: 0 };
    const first = heights.at(Math.max(0, above - spare));
    return { first, end: heights.at(above + this.#view + spare) + 1 };
  }

  /** Where a row is drawn in the scroll range. */
  y(row: number): number {
    return this.#scroll + this.heights.top(row) - this.above;
  }

  get #ended(): boolean {
    return this.total > this.#view && this.above >= this.total - this.#view - 1;
  }

  #go(pixels: number): void {
    const to = Math.max(0, Math.min(pixels, this.total - this.#view));
    this.row = this.heights.at(to);
    this.offset = to - this.heights.top(this.row);
  }
}
