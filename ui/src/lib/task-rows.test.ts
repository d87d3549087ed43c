import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task, TaskPage } from '../bindings';
import { ipc } from './ipc';
import { TaskRows } from './task-rows.svelte';

vi.mock('./ipc', () => ({ ipc: { tasksAt: vi.fn() } }));

const asked = vi.mocked(ipc.tasksAt);

const task = (id: number, over: Partial<Task> = {}): Task =>
  ({ id, paste: id, operation: 'transcribe', state: 'queued', imported: false, created_at: id, ...over }) as Task;

const page = (ids: number[], total = ids.length): TaskPage => ({ tasks: ids.map((id) => task(id)), total, before: null });

const ids = (rows: TaskRows): number[] => rows.all.map((one) => one.id);

/** A store with so many tasks; the newest has the highest id. */
function store(total: number): void {
  asked.mockImplementation((_, from, limit) => {
    const length = Math.max(0, Math.min(limit, total - from));
    return Promise.resolve({ ...page(Array.from({ length }, (_, n) => total - from - n), total) });
  });
}

/** A promise that is fulfilled from outside. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => void asked.mockReset());

describe('a change', () => {
  it('puts a new task on top and counts it', () => {
    const rows = new TaskRows();
    rows.begin(page([2, 1]));
    rows.apply([{ kind: 'saved', task: task(3) }]);
    expect([ids(rows), rows.total]).toEqual([[3, 2, 1], 3]);
  });

  it('replaces a known task where it stands, whatever the order says', () => {
    const rows = new TaskRows();
    rows.begin(page([1, 3, 2]));
    rows.apply([{ kind: 'saved', task: task(3, { state: 'running' }) }]);
    expect([ids(rows), rows.task(3)?.state, rows.total]).toEqual([[1, 3, 2], 'running', 3]);
  });

  it('brings a restored task back to its place', () => {
    const rows = new TaskRows();
    rows.begin(page([3, 1]));
    rows.apply([{ kind: 'saved', task: task(2) }]);
    expect([ids(rows), rows.total]).toEqual([[3, 2, 1], 3]);
  });

  it('puts the links of one paste in their order, and what was imported at its own time', () => {
    const rows = new TaskRows();
    rows.begin({ tasks: [task(8, { paste: 4, created_at: 40 }), task(9, { paste: 4, created_at: 40 }), task(2, { created_at: 2 })], total: 3, before: null });
    rows.apply([{ kind: 'saved', task: task(10, { paste: 4, created_at: 40 }) }, { kind: 'saved', task: task(11, { created_at: 30, imported: true }) }]);
    expect(ids(rows)).toEqual([8, 9, 10, 11, 2]);
  });

  it('of a task whose neighbours are not here asks the history, and changes nothing on screen', async () => {
    const rows = new TaskRows();
    rows.begin(page([9, 8], 50));
    asked.mockResolvedValue(page([9, 8], 50));
    rows.apply([{ kind: 'saved', task: task(4, { state: 'running' }) }]);
    await vi.waitFor(() => expect(asked.mock.calls).toEqual([['texts', 0, 100]]));
    expect([ids(rows), rows.total]).toEqual([[9, 8], 50]);
  });

  it('puts a new task on top though only rows further down are here, and moves no row in view', async () => {
    const rows = new TaskRows();
    store(5000);
    rows.begin(page([], 5000));
    rows.place.resize(600);
    rows.place.scrolled(70 * 1000 + 10);
    await rows.read(1000);
    expect([rows.place.row, rows.at(1000)?.id, rows.at(0)]).toEqual([1000, 4000, undefined]);
    store(5001);
    rows.apply([{ kind: 'saved', task: task(5001) }]);
    await vi.waitFor(() => expect(rows.total).toBe(5001));
    expect([rows.place.row, rows.place.offset, rows.at(1001)?.id]).toEqual([1001, 10, 4000]);
  });

  it('removes a task and counts it off once, though it is told twice', () => {
    const rows = new TaskRows();
    rows.begin(page([3, 2, 1]));
    rows.apply([{ kind: 'removed', id: 2 }]);
    rows.apply([{ kind: 'removed', id: 2 }]);
    expect([ids(rows), rows.total]).toEqual([[3, 1], 2]);
  });

  it('of a task of another desk is left to that desk', () => {
    const rows = new TaskRows();
    rows.begin(page([2, 1]));
    rows.apply([{ kind: 'saved', task: task(3, { operation: 'generate_image' }) }]);
    expect([ids(rows), rows.total]).toEqual([[2, 1], 2]);
  });

  it('that removes a task nobody has read asks how many are left', async () => {
    const rows = new TaskRows();
    rows.begin(page([9, 8], 50));
    asked.mockResolvedValue(page([9, 8], 49));
    rows.apply([{ kind: 'removed', id: 4 }]);
    await vi.waitFor(() => expect(rows.total).toBe(49));
  });

  it('by another process reads anew what is near the view, and keeps its place', async () => {
    const rows = new TaskRows();
    store(5000);
    rows.begin(page(Array.from({ length: 100 }, (_, n) => 5000 - n), 5000));
    rows.place.resize(600);
    rows.place.scrolled(70 * 1000 + 10);
    await rows.read(1000);
    expect([rows.place.row, rows.at(1000)?.id]).toEqual([1000, 4000]);
    store(5007);
    rows.apply([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(rows.total).toBe(5007));
    expect([rows.place.row, rows.place.offset, rows.at(1007)?.id]).toEqual([1007, 10, 4000]);
  });
});

describe('reading', () => {
  it('reads again where a change came in while the page was on its way', async () => {
    const rows = new TaskRows();
    const old = later<TaskPage>();
    asked.mockReturnValueOnce(old.promise).mockResolvedValueOnce(page([3, 2, 1]));
    const loading = rows.load();
    rows.apply([{ kind: 'saved', task: task(3) }]);
    old.resolve(page([2, 1]));
    await loading;
    expect([ids(rows), asked.mock.calls.length]).toEqual([[3, 2, 1], 2]);
  });

  it('asks for what is wanted by its place, what is in view first', async () => {
    const rows = new TaskRows();
    store(1_000_000);
    rows.begin(page(Array.from({ length: 60 }, (_, n) => 1_000_000 - n), 1_000_000));
    rows.want(999_990, 1_000_000);
    await vi.waitFor(() => expect(rows.at(999_999)?.id).toBe(1));
    expect(asked.mock.calls[0]).toEqual(['texts', 999_900, 100]);
  });

  it('keeps no more tasks than a few screens, however far one scrolls', async () => {
    const rows = new TaskRows();
    store(1_000_000);
    rows.begin(page([], 1_000_000));
    for (let at = 0; at < 30_000; at += 50) await rows.read(at);
    expect(rows.all.length).toBeLessThanOrEqual(1000);
    expect(rows.at(29_950)?.id).toBe(970_050);
  });

  it('asks for the latest place only, once the page on its way is here', async () => {
    const rows = new TaskRows();
    store(100_000);
    rows.begin(page([], 100_000));
    for (let at = 0; at < 90_000; at += 1000) rows.want(at, at + 10);
    await vi.waitFor(() => expect(rows.at(89_009)).toBeDefined());
    expect(asked.mock.calls.length).toBeLessThan(5);
  });

  it('answers the ids of a range without keeping its tasks', async () => {
    const rows = new TaskRows();
    store(5000);
    rows.begin(page(Array.from({ length: 60 }, (_, n) => 5000 - n), 5000));
    const range = await rows.ids(10, 2010);
    expect([range.length, range[0], range.at(-1), rows.all.length]).toEqual([2001, 4990, 2990, 60]);
  });

  it('that fails says so and keeps what is on screen', async () => {
    const rows = new TaskRows();
    rows.begin(page([1]));
    asked.mockRejectedValueOnce(new Error('busy'));
    await rows.load();
    expect([rows.failed, ids(rows)]).toEqual([true, [1]]);
  });

  it('notices that the list has become shorter', async () => {
    const rows = new TaskRows();
    rows.begin(page(Array.from({ length: 60 }, (_, n) => 500 - n), 500));
    store(40);
    rows.want(300, 320);
    await vi.waitFor(() => expect([rows.total, ids(rows).length]).toEqual([40, 40]));
  });
});
