import { expect, it } from 'vitest';
import { langOf } from './lang';

it.each([
  ['为什么你炒的青菜总是发黄', 'zh-CN'],
  ['レシピの作り方', 'ja'],
  ['요리 방법', 'ko'],
  ['How I plan a week', undefined],
])('%s is written in %s', (text, lang) => {
  expect(langOf(text)).toBe(lang);
});
