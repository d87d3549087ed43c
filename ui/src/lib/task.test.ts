import { describe, expect, it } from 'vitest';
import type { Found, Link, Task } from '../bindings';
import { isFollowed, titleOf } from './task';

const link = (title: string | null): Link => ({ url: 'https://v.douyin.com/a/', platform: 'douyin', kind: 'short', id: null, canonical: null, title });
const found = (title: string | null): Found => ({ title }) as Found;

describe('a title', () => {
  it('is the provider’s, else that of the link', () => {
    expect(titleOf({ found: found('甲'), link: link('乙'), subject: null, operation: 'transcribe' })).toBe('甲');
    expect(titleOf({ found: found(null), link: link('乙'), subject: '问题', operation: 'resolve' })).toBe('乙');
  });

  it('of an analysis is the link’s, else its opening', () => {
    expect(titleOf({ found: found('开头'), link: link('乙'), subject: '问题', operation: 'analyze' })).toBe('乙');
    expect(titleOf({ found: found('开头'), link: link(null), subject: '问题', operation: 'analyze' })).toBe('开头');
  });

  it('is never what was asked about a link', () => {
    expect(titleOf({ found: found(null), link: link(null), subject: '开头三秒做了什么', operation: 'analyze' })).toBeNull();
  });

  it('is the prompt where there is no link', () => {
    expect(titleOf({ found: found(null), link: null, subject: '纸船', operation: 'generate_video' })).toBe('纸船');
  });
});

describe('what was only looked up by its number', () => {
  const task = { link: null, parent: null, subject: 'cgt-1', remote_id: 'cgt-1' } satisfies Partial<Task>;

  it('has nothing but that number', () => {
    expect(isFollowed(task)).toBe(true);
  });

  it('is no order of ours, no edit and no link', () => {
    const others = [{ ...task, subject: '纸船' }, { ...task, parent: 1 }, { ...task, link: link(null) }, { ...task, subject: null, remote_id: null }];
    expect(others.map(isFollowed)).toEqual([false, false, false, false]);
  });
});
