import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Hit, HitPage, Task } from '../bindings';
import { ipc } from './ipc';
import { Search } from './search.svelte';

vi.mock('./ipc', () => ({ ipc: { search: vi.fn(), countFound: vi.fn() } }));

const asked = vi.mocked(ipc.search);
const counted = vi.mocked(ipc.countFound);

const hit = (id: number, title = `青菜 ${id}`): Hit => ({
  task: { id, state: 'succeeded', found: { title }, link: null, subject: null, operation: 'transcribe' } as unknown as Task,
  title_marks: [[0, 2]],
  excerpt: null,
  count: 1,
});

const answer = (words: string[], ids: number[], after: string | null = null): HitPage => ({
  hits: ids.map((id) => hit(id)),
  after,
  query: { words, unknown: [], filter: { platforms: [], providers: [], operations: [], states: [], tags: [], starred: null, has_text: null, from: null, until: null } },
});

const ids = (search: Search): number[] => Array.from({ length: search.hits.known }, (_, n) => search.hits.at(n)?.task.id ?? 0);

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => {
  vi.useFakeTimers();
  asked.mockReset();
  counted.mockReset();
});

afterEach(() => vi.useRealTimers());

describe('typing', () => {
  it('reads on by the words that the hits on screen were found by', async () => {
    const search = new Search(() => 'newest');
    asked.mockResolvedValueOnce(answer(['青'], [3, 2], 'behind 2')).mockReturnValueOnce(later<HitPage>().promise).mockResolvedValueOnce(answer(['青'], [1]));
    search.type('青');
    await vi.advanceTimersByTimeAsync(0);
    search.type('青菜');
    search.hits.want(0, 2);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.mock.calls.map(([text, , after]) => [text, after])).toEqual([['青', null], ['青菜', null], ['青', 'behind 2']]);
    expect(ids(search)).toEqual([3, 2, 1]);
  });

  it('asks at once, and shows only what was found for the last key', async () => {
    const search = new Search(() => 'newest');
    const [first, second] = [later<HitPage>(), later<HitPage>()];
    asked.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise);
    search.type('青');
    search.type('青菜');
    expect(asked.mock.calls.map((call) => call[0])).toEqual(['青', '青菜']);
    second.resolve(answer(['青菜'], [9]));
    await vi.advanceTimersByTimeAsync(0);
    first.resolve(answer(['青'], [1, 2, 3]));
    await vi.advanceTimersByTimeAsync(0);
    expect([ids(search), search.words]).toEqual([[9], ['青菜']]);
  });

  it('goes on where looking was given up before anything was found', async () => {
    const search = new Search(() => 'newest');
    asked.mockResolvedValueOnce(answer(['！'], [], 'all 900')).mockResolvedValueOnce(answer(['！'], [], 'all 800')).mockResolvedValueOnce(answer(['！'], [7]));
    search.type('！');
    expect(search.settled).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.mock.calls.map((call) => call[2])).toEqual([null, 'all 900', 'all 800']);
    expect([ids(search), search.settled, search.count?.count]).toEqual([[7], true, 1]);
  });

  it('keeps the hits shown until those of the next key are here', async () => {
    const search = new Search(() => 'newest');
    const next = later<HitPage>();
    asked.mockResolvedValueOnce(answer(['青'], [1, 2])).mockReturnValueOnce(next.promise);
    search.type('青');
    await vi.advanceTimersByTimeAsync(0);
    search.type('青菜');
    expect([ids(search), search.settled]).toEqual([[1, 2], false]);
  });

  it('asks for nothing while an input method composes, and once when it is done', async () => {
    const search = new Search(() => 'newest');
    asked.mockResolvedValue(answer(['青菜'], [1]));
    search.type('qing', false);
    search.type('青菜');
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    expect([asked.mock.calls.length, ids(search)]).toEqual([1, [1]]);
  });

  it('that ends in an empty box shows the list and drops what is on its way', async () => {
    const search = new Search(() => 'newest');
    const late = later<HitPage>();
    asked.mockReturnValueOnce(late.promise);
    search.type('青菜');
    search.clear();
    late.resolve(answer(['青菜'], [1]));
    await vi.advanceTimersByTimeAsync(0);
    expect([search.active, search.hits.known, search.words]).toEqual([false, 0, []]);
  });
});

describe('the count', () => {
  it('is asked for after the hits, where there are more', async () => {
    const search = new Search(() => 'newest');
    asked.mockResolvedValue(answer(['青菜'], [3, 2], 'next'));
    counted.mockResolvedValue({ count: 1000, exact: false });
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    const [hits] = asked.mock.invocationCallOrder;
    expect(search.count).toEqual({ count: 1000, exact: false });
    expect(counted.mock.invocationCallOrder[0]).toBeGreaterThan(hits ?? 0);
  });

  it('is known without asking where all hits are here', async () => {
    const search = new Search(() => 'newest');
    asked.mockResolvedValue(answer(['青菜'], [3, 2]));
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    expect([search.count, counted.mock.calls.length]).toEqual([{ count: 2, exact: true }, 0]);
  });

  it('of an earlier search is dropped', async () => {
    const search = new Search(() => 'newest');
    const old = later<{ count: number; exact: boolean }>();
    asked.mockResolvedValueOnce(answer(['青'], [3, 2], 'next')).mockResolvedValueOnce(answer(['青菜'], [2]));
    counted.mockReturnValueOnce(old.promise);
    search.type('青');
    await vi.advanceTimersByTimeAsync(0);
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    old.resolve({ count: 700, exact: true });
    await vi.advanceTimersByTimeAsync(0);
    expect(search.count).toEqual({ count: 1, exact: true });
  });
});

describe('a change', () => {
  async function found(): Promise<Search> {
    const search = new Search(() => 'newest');
    asked.mockResolvedValueOnce(answer(['青菜'], [3, 2, 1]));
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    return search;
  }

  it('of a hit is shown where it stands, with its words marked', async () => {
    const search = await found();
    search.apply([{ kind: 'saved', task: hit(2, '炒青菜').task }]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([ids(search), search.hits.at(1)?.title_marks, asked.mock.calls.length]).toEqual([[3, 2, 1], [[1, 3]], 1]);
  });

  it('that removes a hit counts it off', async () => {
    const search = await found();
    search.apply([{ kind: 'removed', id: 3 }]);
    expect([ids(search), search.count?.count]).toEqual([[2, 1], 2]);
  });

  it('of an unknown task is looked for, but never under the pointer', async () => {
    const search = await found();
    asked.mockResolvedValue(answer(['青菜'], [4, 3, 2, 1]));
    search.hold(true);
    search.apply([{ kind: 'saved', task: hit(4).task }]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ids(search)).toEqual([3, 2, 1]);
    search.hold(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(ids(search)).toEqual([4, 3, 2, 1]);
  });
});

describe('a search that fails', () => {
  it('says so, and works again', async () => {
    const search = new Search(() => 'newest');
    asked.mockRejectedValueOnce(new Error('busy')).mockResolvedValueOnce(answer(['青菜'], [1]));
    search.type('青菜');
    await vi.advanceTimersByTimeAsync(0);
    expect(search.failed).toBe(true);
    await search.run();
    expect([search.failed, ids(search)]).toEqual([false, [1]]);
  });
});
