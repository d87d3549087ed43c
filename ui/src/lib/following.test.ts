import { expect, it } from 'vitest';
import type { ProviderView } from '../bindings';
import { followers, hintOf } from './following';

it('a number that begins like those of one provider names it and what it is', () => {
  expect(['cgt-20260203', ' vid_1', 'img_1', 'mus_1'].map((id) => [hintOf(id)?.provider, hintOf(id)?.operation])).toEqual([
    ['jimeng', 'generate_video'],
    ['rawugc', 'generate_video'],
    ['rawugc', 'generate_image'],
    ['rawugc', 'generate_music'],
  ]);
  expect(['9c41aaaabbbb', 'video_1', ''].map(hintOf)).toEqual([null, null, null]);
});

it('only a provider that is set up and gives numbers can be asked by one', () => {
  const view = (id: string, over: Partial<ProviderView>): ProviderView => ({ id, ready: true, operations: ['transcribe'], ...over }) as ProviderView;
  const all = [view('momoget', {}), view('coze', { ready: false }), view('rawugc', { operations: ['analyze', 'scrape'] })];
  expect(followers(all).map((one) => one.id)).toEqual(['momoget']);
});
