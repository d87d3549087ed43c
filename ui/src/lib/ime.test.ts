import { describe, expect, it } from 'vitest';
import { Composition, type Key } from './ime';

const enter = (over: Partial<Key> = {}): Key => ({ key: 'Enter', isComposing: false, keyCode: 13, timeStamp: 1000, ...over });

describe('an Enter that belongs to the input method', () => {
  it('comes during the composition, as Chromium sends it', () => {
    const field = new Composition();
    field.start();
    expect(field.owns(enter({ isComposing: true, keyCode: 229 }))).toBe(true);
  });

  it('comes right after compositionend with keyCode 229, as WebKit sends it', () => {
    const field = new Composition();
    field.start();
    field.end(1000);
    expect(field.owns(enter({ keyCode: 229, timeStamp: 1002 }))).toBe(true);
  });

  it('comes between start and end even where the engine does not say isComposing', () => {
    const field = new Composition();
    field.start();
    expect(field.owns(enter())).toBe(true);
  });
});

describe('an Enter that submits', () => {
  it('is an ordinary one with no composition before', () => {
    expect(new Composition().owns(enter())).toBe(false);
  });

  it('follows the confirming one, even when tagged 229 again', () => {
    const field = new Composition();
    field.start();
    field.end(1000);
    field.owns(enter({ keyCode: 229, timeStamp: 1002 }));
    expect(field.owns(enter({ keyCode: 229, timeStamp: 1040 }))).toBe(false);
  });

  it('is tagged 229 long after the composition, as some engines do', () => {
    const field = new Composition();
    field.start();
    field.end(1000);
    expect(field.owns(enter({ keyCode: 229, timeStamp: 1900 }))).toBe(false);
  });

  it('follows a composition that was confirmed with the space bar', () => {
    const field = new Composition();
    field.start();
    field.end(1000);
    expect(field.owns(enter({ timeStamp: 1010 }))).toBe(false);
  });
});
