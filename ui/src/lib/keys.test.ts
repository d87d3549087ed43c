import { describe, expect, it } from 'vitest';
import { heldEnter, OwnEnter } from './keys';

const key = (name: string, init: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent('keydown', { key: name, ...init });

/** A key that goes to an element of this kind. */
function at(tag: 'textarea' | 'button', init: KeyboardEventInit): KeyboardEvent {
  const event = key('Enter', { bubbles: true, ...init });
  document.body.appendChild(document.createElement(tag)).dispatchEvent(event);
  return event;
}

describe('a held Enter', () => {
  it('presses no button and no shortcut again', () => {
    expect(heldEnter(at('button', { repeat: true }))).toBe(true);
    expect(heldEnter(at('textarea', { repeat: true, ctrlKey: true }))).toBe(true);
    expect(heldEnter(at('textarea', { repeat: true, metaKey: true }))).toBe(true);
  });

  it('goes on breaking lines', () => {
    expect(heldEnter(at('textarea', { repeat: true }))).toBe(false);
  });

  it('is none when it is pressed for the first time, nor is another key', () => {
    expect(heldEnter(at('button', {}))).toBe(false);
    expect(heldEnter(key('a', { repeat: true }))).toBe(false);
  });
});

describe('a question', () => {
  it('is not answered by the Enter that led to it, however often it comes', () => {
    const own = new OwnEnter();
    own.begin();
    expect(own.down(key('Enter', { ctrlKey: true, repeat: true }))).toBe(false);
    // An engine that does not say what is held.
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(false);
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(false);
  });

  it('is answered by an Enter after a key was let go', () => {
    const own = new OwnEnter();
    own.begin();
    own.up();
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(true);
    expect(own.down(key('Enter', { ctrlKey: true, repeat: true }))).toBe(false);
  });

  it('is answered by the whole shortcut when the pointer opened it', () => {
    const own = new OwnEnter();
    own.begin();
    expect(own.down(key('Control', { ctrlKey: true }))).toBe(true);
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(true);
  });

  it('begins anew each time it opens', () => {
    const own = new OwnEnter();
    own.begin();
    own.up();
    own.begin();
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(false);
    own.down(key('Control', { ctrlKey: true, repeat: true }));
    expect(own.down(key('Enter', { ctrlKey: true }))).toBe(false);
  });
});
