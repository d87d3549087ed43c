// Whether an Enter belongs to the input method or to us.
//
// Chromium sends the confirming Enter while `isComposing` is still true. WebKit sends it after `compositionend`,
// with `isComposing` false and keyCode 229. Some engines tag later, ordinary Enters with 229 as well, so 229 counts
// only shortly after `compositionend`, and once.

/** Milliseconds after `compositionend` in which an Enter tagged 229 still belongs to the input method. */
const AFTERGLOW = 100;

/** The fields of a keyboard event that the decision needs. `timeStamp` is in milliseconds. */
export type Key = Pick<KeyboardEvent, 'key' | 'isComposing' | 'keyCode' | 'timeStamp'>;

/** Follows the composition events of one text field. */
export class Composition {
  /** Between `compositionstart` and `compositionend`. */
  active = false;
  #endedAt = Number.NEGATIVE_INFINITY;

  start(): void {
    this.active = true;
  }

  /** `at` is the `timeStamp` of the `compositionend` event. */
  end(at: number): void {
    this.active = false;
    this.#endedAt = at;
  }

  /** True where the key confirms or changes a composition, so that nothing may be submitted by it. */
  owns(key: Key): boolean {
    if (this.active || key.isComposing) return true;
    if (key.keyCode !== 229) return false;
    const fresh = key.timeStamp - this.#endedAt <= AFTERGLOW;
    this.#endedAt = Number.NEGATIVE_INFINITY;
    return fresh;
  }
}
