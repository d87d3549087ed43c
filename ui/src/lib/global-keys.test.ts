import { describe, expect, it } from 'vitest';
import { recorded, shownKeys } from './global-keys';

const press = (code: string, key: string, held: string): Parameters<typeof recorded>[0] => ({
  code,
  key,
  ctrlKey: held.includes('c'),
  altKey: held.includes('a'),
  shiftKey: held.includes('s'),
  metaKey: held.includes('m'),
});

describe('recorded keys', () => {
  it('are written as Tauri reads them', () => {
    expect(recorded(press('KeyV', 'v', 'ca'))).toEqual({ kind: 'keys', keys: 'CommandOrControl+Alt+V' });
    expect(recorded(press('Digit3', '3', 'cs'))).toEqual({ kind: 'keys', keys: 'CommandOrControl+Shift+3' });
    expect(recorded(press('Slash', '/', 'ma'))).toEqual({ kind: 'keys', keys: 'Super+Alt+Slash' });
  });

  it('go by the place of the key, whatever the layout or the input method makes of it', () => {
    expect(recorded(press('KeyV', 'м', 'ca'))).toEqual({ kind: 'keys', keys: 'CommandOrControl+Alt+V' });
    expect(recorded(press('KeyV', 'Process', 'ca'))).toEqual({ kind: 'keys', keys: 'CommandOrControl+Alt+V' });
  });

  it('wait while only modifiers are held, and show them', () => {
    expect(recorded(press('AltLeft', 'Alt', 'ca'))).toEqual({ kind: 'held', shown: 'Ctrl Alt' });
  });

  it('are too weak with one modifier, since other programs use those', () => {
    expect(recorded(press('KeyV', 'v', 'c'))).toEqual({ kind: 'weak' });
    expect(recorded(press('KeyV', 'V', 's'))).toEqual({ kind: 'weak' });
    expect(recorded(press('F8', 'F8', 's'))).toEqual({ kind: 'weak' });
  });

  it('may be an F key with one modifier', () => {
    expect(recorded(press('F8', 'F8', 'c'))).toEqual({ kind: 'keys', keys: 'CommandOrControl+F8' });
  });

  it('cannot be a key that types nothing the system hands out', () => {
    expect(recorded(press('AudioVolumeUp', 'AudioVolumeUp', 'ca'))).toEqual({ kind: 'unfit' });
  });

  it('are shown as on the keyboard', () => {
    expect(shownKeys('CommandOrControl+Alt+Slash')).toBe('Ctrl Alt /');
  });
});
