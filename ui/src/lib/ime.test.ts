import { describe, expect, it } from 'vitest';
import { Composition, type Key } from './ime';

const enter = (over: Partial<Key> = {}): Key => ({ key: 'Enter', isComposing: false, keyCode: 13, timeStamp: 1000, ...over });

/** A field in which a composition ended at 1000. */
function confirmed(): Composition {
  const field = new Composition();
  field.start();
  field.end(1000);
  return field;
}

describe('an Enter that belongs to the input method', () => {
  it('comes during the composition, as Chromium sends it', () => {
    const field = new Composition();
    field.start();
    expect(field.owns(enter({ isComposing: true, keyCode: 229 }))).toBe(true);
  });

  it('comes right after compositionend with keyCode 229, as WebKit sends it', () => {
    expect(confirmed().owns(enter({ keyCode: 229, timeStamp: 1002 }))).toBe(true);
  });

  it('is the one of the second composition too', () => {
    const field = confirmed();
    field.owns(enter({ keyCode: 229, timeStamp: 1002 }));
    field.start();
    expect(field.owns(enter({ isComposing: true, keyCode: 229, timeStamp: 1020 }))).toBe(true);
    field.end(1030);
    expect(field.owns(enter({ keyCode: 229, timeStamp: 1032 }))).toBe(true);
  });

  it('comes between start and end even where the engine does not say isComposing', () => {
    const field = new Composition();
    field.start();
    expect(field.owns(enter())).toBe(true);
  });

  it('says isComposing even where the field missed the start', () => {
    expect(new Composition().owns(enter({ isComposing: true }))).toBe(true);
  });

  it('may come as many times as it likes while the composition lasts', () => {
    const field = new Composition();
    field.start();
    const owned = [1, 2, 3].map((at) => field.owns(enter({ isComposing: true, keyCode: 229, timeStamp: at })));
    expect(owned).toEqual([true, true, true]);
  });
});

describe('an Enter that submits', () => {
  it('is an ordinary one with no composition before', () => {
    expect(new Composition().owns(enter())).toBe(false);
  });

  it('is tagged 229 with no composition before', () => {
    expect(new Composition().owns(enter({ keyCode: 229 }))).toBe(false);
  });

  it('follows the confirming one, even when tagged 229 again', () => {
    const field = confirmed();
    field.owns(enter({ keyCode: 229, timeStamp: 1002 }));
    expect(field.owns(enter({ keyCode: 229, timeStamp: 1040 }))).toBe(false);
  });

  it('is tagged 229 long after the composition, as some engines do', () => {
    expect(confirmed().owns(enter({ keyCode: 229, timeStamp: 1900 }))).toBe(false);
  });

  it('is told from the confirming one by a tenth of a second', () => {
    expect(confirmed().owns(enter({ keyCode: 229, timeStamp: 1100 }))).toBe(true);
    expect(confirmed().owns(enter({ keyCode: 229, timeStamp: 1101 }))).toBe(false);
  });

  it('follows a composition that was confirmed with the space bar', () => {
    expect(confirmed().owns(enter({ timeStamp: 1010 }))).toBe(false);
  });

  it('follows one that was confirmed during the composition, as Chromium sends it', () => {
    const field = new Composition();
    field.start();
    field.owns(enter({ isComposing: true, keyCode: 229, timeStamp: 990 }));
    field.end(1000);
    expect(field.owns(enter({ timeStamp: 1050 }))).toBe(false);
  });
});
