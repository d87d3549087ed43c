import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Collection, Item, Items } from '../../bindings';
import type * as door from '../ipc';
import { AppError, ipc } from '../ipc';
import { Shelf } from './shelf.svelte';

vi.mock('../ipc', async (original) => {
  const real = await original<typeof door>();
  return { AppError: real.AppError, ipc: { collectionCall: vi.fn() } };
});

const asked = vi.mocked(ipc.collectionCall);
const item = (id: string, over: Partial<Item> = {}): Item => ({
  id,
  title: id,
  text: `about ${id}`,
  pictures: [],
  media_url: null,
  facts: [],
  built_in: false,
  input: {},
  analysis: null,
  ...over,
});
const answer = (items: Item[], over: Partial<Items> = {}): Items => ({ items, total: null, has_more: false, allowance: null, ...over });
const personas: Collection = { provider: 'rawugc', name: 'personas', calls: [] };
const ids = (shelf: Shelf): string[] => shelf.items.map((one) => one.id);
const busy = (seconds: number | null): AppError =>
  new AppError('busy_call', '', { until: seconds === null ? null : Date.now() + seconds * 1000 });

beforeEach(() => {
  asked.mockReset();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a collection', () => {
  it('is read once, however often somebody looks', async () => {
    asked.mockResolvedValue(answer([item('a')]));
    const shelf = new Shelf(personas);
    shelf.want();
    shelf.want();
    await vi.waitFor(() => expect(shelf.loaded).toBe(true));
    shelf.want();
    expect([asked.mock.calls.length, ids(shelf)]).toEqual([1, ['a']]);
  });

  it('goes on page by page, without an item twice', async () => {
    asked.mockResolvedValueOnce(answer([item('a'), item('b')], { has_more: true }));
    asked.mockResolvedValueOnce(answer([item('b'), item('c')]));
    const shelf = new Shelf(personas);
    await shelf.load({ status: 'completed' });
    await shelf.loadMore();
    await shelf.loadMore();
    expect([ids(shelf), asked.mock.calls.at(-1)?.[4], asked.mock.calls.length]).toEqual([['a', 'b', 'c'], { status: 'completed', page: 2 }, 2]);
  });

  it('that has to wait for its turn is asked for again by itself', async () => {
    asked.mockRejectedValueOnce(busy(8));
    asked.mockResolvedValueOnce(answer([item('a')]));
    const shelf = new Shelf(personas);
    await shelf.load();
    expect([shelf.error?.code, shelf.againAt]).toEqual(['busy_call', Date.now() + 8000]);
    await vi.advanceTimersByTimeAsync(8000);
    expect([shelf.error, shelf.againAt, ids(shelf)]).toEqual([null, null, ['a']]);
  });

  it('is not asked for again for ever', async () => {
    asked.mockRejectedValue(busy(null));
    const shelf = new Shelf(personas);
    await shelf.load();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([asked.mock.calls.length, shelf.againAt]).toEqual([7, null]);
  });

  it('keeps what is on screen when a read fails', async () => {
    asked.mockResolvedValueOnce(answer([item('a')]));
    const shelf = new Shelf(personas);
    await shelf.load();
    asked.mockRejectedValueOnce(new AppError('refused_call', ''));
    await shelf.load();
    expect([ids(shelf), shelf.error?.code]).toEqual([['a'], 'refused_call']);
  });
});

describe('a change', () => {
  const filled = async (): Promise<Shelf> => {
    asked.mockResolvedValueOnce(answer([item('a'), item('b')]));
    const shelf = new Shelf(personas);
    await shelf.load();
    return shelf;
  };

  it('shows the item as it came back', async () => {
    const shelf = await filled();
    asked.mockResolvedValueOnce(answer([item('b', { title: 'new' })]));
    await shelf.change('update', 'b', {});
    asked.mockResolvedValueOnce(answer([item('c')]));
    await shelf.change('create', null, {});
    expect(shelf.items.map((one) => one.title)).toEqual(['c', 'a', 'new']);
  });

  it('of which only the id came back reads the list again', async () => {
    const shelf = await filled();
    asked.mockResolvedValueOnce(answer([item('c', { text: null })]));
    asked.mockResolvedValueOnce(answer([item('c'), item('a'), item('b')]));
    await shelf.change('create', null, {});
    await vi.waitFor(() => expect(ids(shelf)).toEqual(['c', 'a', 'b']));
  });

  it('that deletes takes the item away', async () => {
    const shelf = await filled();
    asked.mockResolvedValueOnce(answer([]));
    await shelf.change('delete', 'a', {});
    expect(ids(shelf)).toEqual(['b']);
  });

  it('that may have been done is not sent again: the list is read instead', async () => {
    const shelf = await filled();
    asked.mockRejectedValueOnce(new AppError('uncertain_call', ''));
    asked.mockResolvedValueOnce(answer([item('a'), item('b'), item('c')]));
    await expect(shelf.change('create', null, {})).rejects.toMatchObject({ code: 'uncertain_call' });
    await vi.waitFor(() => expect(ids(shelf)).toEqual(['a', 'b', 'c']));
    expect(asked.mock.calls.map((call) => call[2])).toEqual(['list', 'create', 'list']);
  });
});
