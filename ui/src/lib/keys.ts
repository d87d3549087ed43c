// Shortcuts: Ctrl, or ⌘ on a Mac.

export const isMac = /Mac/i.test(navigator.platform);

/** The modifier of shortcuts is held, and no other one beside Shift. */
export function commandHeld(event: KeyboardEvent): boolean {
  const held = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  return held && !other && !event.altKey;
}

/** How a shortcut is written: `Ctrl V`, `⌘ V`, `Ctrl ⇧ C`. */
export function chord(...keys: string[]): string {
  return [isMac ? '⌘' : 'Ctrl', ...keys].join(' ');
}

/** An Enter of a key that is held, which presses nothing again: at most it goes on with the lines of a text. */
export function heldEnter(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || !event.repeat) return false;
  return event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLTextAreaElement);
}

/**
 * Tells an Enter that answers a question from the rest of the one that led to it, whatever an engine says of held keys.
 * On a Mac nothing tells that a key is let go while ⌘ is held, so letting go or pressing any other key counts, too.
 */
export class OwnEnter {
  #others = false;

  /** The question opens. */
  begin(): void {
    this.#others = false;
  }

  /** A key was let go. */
  up(): void {
    this.#others = true;
  }

  /** A key went down: answers whether it may do what it stands for. */
  down(event: KeyboardEvent): boolean {
    if (event.key === 'Enter') return this.#others && !event.repeat;
    if (!event.repeat) this.#others = true;
    return true;
  }
}

/** The event goes to something that takes text, so that plain keys belong to it. */
export function inTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
