// The keys that work from anywhere: recorded from the keyboard, and written as Tauri reads them (`Ctrl+Alt+V`).

import { isMac } from './keys';

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

/** What a press means to the recorder: still only modifiers, too few of them, keys to save, or no key that can be had. */
export type Recorded = { kind: 'held'; shown: string } | { kind: 'weak' } | { kind: 'keys'; keys: string } | { kind: 'unfit' };

const MODIFIERS = ['Control', 'Alt', 'Shift', 'Meta', 'OS', 'Super', 'AltGraph'];

/** By `KeyboardEvent.code`, the same on every layout. Letters and digits follow a rule. */
const CODES: Record<string, string | undefined> = {
  Space: 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  Insert: 'Insert',
  Comma: 'Comma',
  Period: 'Period',
  Slash: 'Slash',
  Semicolon: 'Semicolon',
  Quote: 'Quote',
  BracketLeft: 'BracketLeft',
  BracketRight: 'BracketRight',
  Backslash: 'Backslash',
  Backquote: 'Backquote',
  Minus: 'Minus',
  Equal: 'Equal',
};

function keyOf(code: string): string | undefined {
  const letter = /^(?:Key([A-Z])|Digit(\d)|(F\d{1,2}))$/.exec(code);
  return letter ? (letter[1] ?? letter[2] ?? letter[3]) : CODES[code];
}

function held(event: Pressed): string[] {
  const own = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  return [own && 'CommandOrControl', other && (isMac ? 'Control' : 'Super'), event.altKey && 'Alt', event.shiftKey && 'Shift'].filter((one) => one !== false);
}

/** What was pressed. Other programs use single modifiers all day, so at least two are wanted, or one beside an F key. */
export function recorded(event: Pressed): Recorded {
  const modifiers = held(event);
  if (MODIFIERS.includes(event.key)) return { kind: 'held', shown: shownKeys(modifiers.join('+')) };
  const key = keyOf(event.code);
  if (key === undefined) return { kind: 'unfit' };
  const wanted = /^F\d/.test(key) ? 1 : 2;
  const real = modifiers.some((one) => one !== 'Shift');
  return modifiers.length >= wanted && real ? { kind: 'keys', keys: [...modifiers, key].join('+') } : { kind: 'weak' };
}

const SHOWN: Record<string, string | undefined> = {
  CommandOrControl: isMac ? '⌘' : 'Ctrl',
  Control: 'Ctrl',
  Alt: isMac ? '⌥' : 'Alt',
  Shift: '⇧',
  Up: '↑',
  Down: '↓',
  Left: '←',
  Right: '→',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Backquote: '`',
  Minus: '−',
  Equal: '=',
};

/** As it stands on screen: `Ctrl Alt V`. */
export function shownKeys(keys: string): string {
  return keys
    .split('+')
    .map((part) => SHOWN[part] ?? part)
    .join(' ');
}
