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

/** The event goes to something that takes text, so that plain keys belong to it. */
export function inTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
