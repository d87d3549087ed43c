import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import TagField from '../components/TagField.svelte';

// Real events in a real field: the orders in which the engines send them.

let added: string[];
let field: HTMLInputElement;
let end: () => void;

beforeEach(async () => {
  added = [];
  const props = { id: 'tag', tags: [], adding: '加标签', removing: (tag: string) => tag, onadd: (tag: string) => added.push(tag), onremove: () => {} };
  const component = mount(TagField, { target: document.body, props });
  end = () => void unmount(component);
  document.querySelector<HTMLButtonElement>('[data-testid=tag-add]')?.click();
  await Promise.resolve();
  flushSync();
  const found = document.querySelector<HTMLInputElement>('[data-testid=tag-field]');
  if (found === null) throw new Error('the field did not open');
  field = found;
});

afterEach(() => end());

function compose(step: 'start' | 'end', text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new CompositionEvent(`composition${step}`, { bubbles: true, data: text }));
}

function enter(init: { isComposing?: boolean; keyCode?: number } = {}): void {
  const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: init.isComposing ?? false });
  Object.defineProperty(event, 'keyCode', { value: init.keyCode ?? 13 });
  field.dispatchEvent(event);
  flushSync();
}

it('Chromium’s confirming Enter, before the end, adds nothing, and the next one does', () => {
  compose('start', 'chufang');
  enter({ isComposing: true, keyCode: 229 });
  compose('end', '厨房');
  expect(added).toEqual([]);
  enter();
  expect(added).toEqual(['厨房']);
});

it('WebKit’s confirming Enter, after the end, adds nothing, and the next one does', () => {
  compose('start', 'chufang');
  compose('end', '厨房');
  enter({ keyCode: 229 });
  expect(added).toEqual([]);
  enter({ keyCode: 229 });
  expect(added).toEqual(['厨房']);
});

it('each of two compositions has a confirming Enter of its own', () => {
  compose('start', 'chu');
  compose('end', '厨');
  enter({ keyCode: 229 });
  compose('start', '厨fang');
  compose('end', '厨房');
  enter({ keyCode: 229 });
  expect(added).toEqual([]);
  enter();
  expect(added).toEqual(['厨房']);
});

it('an Enter that is tagged 229 much later adds', async () => {
  compose('start', 'chufang');
  compose('end', '厨房');
  await new Promise((resolve) => setTimeout(resolve, 130));
  enter({ keyCode: 229 });
  expect(added).toEqual(['厨房']);
});

it('the first Enter after the space bar adds', () => {
  compose('start', 'chufang');
  compose('end', '厨房');
  enter();
  expect(added).toEqual(['厨房']);
});
