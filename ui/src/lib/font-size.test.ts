import { expect, it } from 'vitest';
import { stepped } from './font-size';

it('goes to the next size', () => {
  expect(stepped(100, 1)).toBe(115);
  expect(stepped(100, -1)).toBe(85);
});

it('stays at the largest and at the smallest', () => {
  expect(stepped(200, 1)).toBe(200);
  expect(stepped(85, -1)).toBe(85);
});
