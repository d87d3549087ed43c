import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task, TaskPage } from '../bindings';
import { ipc } from './ipc';
import { Tasks } from './tasks.svelte';

vi.mock('./ipc', () => ({ ipc: { tasks: vi.fn() } }));

const asked = vi.mocked(ipc.tasks);

function task(id: number, state: Task['state'] = 'queued'): Task {
  return {
    id,
    paste: id,
    operation: 'transcribe',
    provider: 'momoget',
    state,
    wait: null,
    stalled: false,
    progress: null,
    cancel_cause: null,
    not_there: false,
    failure: null,
    remote_id: null,
    link: { url: `https://v.douyin.com/${id}/`, platform: 'douyin', kind: 'short', id: null, canonical: null, title: null },
    subject: null,
    model: null,
    parent: null,
    batch: null,
    works: [],
    kept: [],
    then: [],
    cost: null,
    target_language: null,
    found: { title: null, author: null, duration_s: null, cover_url: null, media_url: null, avatar_url: null, learned_at: null },
    words: null,
    starred: false,
    note: null,
    tags: [],
    deleted_at: null,
    imported: false,
    created_at: id,
    submitted_at: null,
    ended_at: null,
    next_poll_at: null,
  };
}

const page = (ids: number[], total = ids.length, before: number | null = null): TaskPage => ({
  tasks: ids.map((id) => task(id)),
  total,
  before,
});

const ids = (tasks: Tasks): number[] => tasks.all.map((one) => one.id);

/** A promise that is fulfilled from outside. */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => asked.mockReset());

describe('a change', () => {
  it('puts a new task on top and counts it', () => {
    const tasks = new Tasks();
    tasks.begin(page([2, 1]));
    tasks.apply([{ kind: 'saved', task: task(3) }]);
    expect([ids(tasks), tasks.total]).toEqual([[3, 2, 1], 3]);
  });

  it('replaces a known task where it stands', () => {
    const tasks = new Tasks();
    tasks.begin(page([3, 2, 1]));
    tasks.apply([{ kind: 'saved', task: task(2, 'running') }]);
    expect([ids(tasks), tasks.task(2)?.state, tasks.total]).toEqual([[3, 2, 1], 'running', 3]);
  });

  it('never doubles a task, though it stands where the order would not put it', () => {
    const tasks = new Tasks();
    tasks.begin(page([1, 3, 2]));
    tasks.apply([{ kind: 'saved', task: task(3, 'running') }]);
    expect([ids(tasks), tasks.task(3)?.state, tasks.total]).toEqual([[1, 3, 2], 'running', 3]);
  });

  it('brings a restored task back to its place', () => {
    const tasks = new Tasks();
    tasks.begin(page([3, 1]));
    tasks.apply([{ kind: 'saved', task: task(2) }]);
    expect([ids(tasks), tasks.total]).toEqual([[3, 2, 1], 3]);
  });

  it('of a task behind the last page read is left for its page', () => {
    const tasks = new Tasks();
    tasks.begin(page([9, 8], 50, 8));
    tasks.apply([{ kind: 'saved', task: task(4, 'running') }]);
    expect([ids(tasks), tasks.total]).toEqual([[9, 8], 50]);
  });

  it('removes a task and counts it off once, though it is told twice', () => {
    const tasks = new Tasks();
    tasks.begin(page([3, 2, 1]));
    tasks.apply([{ kind: 'removed', id: 2 }]);
    tasks.apply([{ kind: 'removed', id: 2 }]);
    expect([ids(tasks), tasks.total]).toEqual([[3, 1], 2]);
  });

  it('of a task of another desk is left to that desk', () => {
    const tasks = new Tasks();
    tasks.begin(page([2, 1]));
    tasks.apply([{ kind: 'saved', task: { ...task(3), operation: 'generate_image' } }]);
    expect([ids(tasks), tasks.total]).toEqual([[2, 1], 2]);
  });

  it('that removes a task nobody has read asks how many are left', async () => {
    const tasks = new Tasks();
    tasks.begin(page([9, 8], 50, 8));
    asked.mockResolvedValue(page([9, 8], 49, 8));
    tasks.apply([{ kind: 'removed', id: 4 }]);
    await vi.waitFor(() => expect(tasks.total).toBe(49));
  });

  it('by another process reads everything anew', async () => {
    const tasks = new Tasks();
    tasks.begin(page([1]));
    asked.mockResolvedValue(page([5, 4]));
    tasks.apply([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(ids(tasks)).toEqual([5, 4]));
  });
});

describe('reading', () => {
  it('reads again where a change came in while the page was on its way', async () => {
    const tasks = new Tasks();
    const old = later<TaskPage>();
    asked.mockReturnValueOnce(old.promise).mockResolvedValueOnce(page([3, 2, 1]));
    const loading = tasks.load();
    tasks.apply([{ kind: 'saved', task: task(3) }]);
    old.resolve(page([2, 1]));
    await loading;
    expect([ids(tasks), asked.mock.calls.length]).toEqual([[3, 2, 1], 2]);
  });

  it('continues behind the last task and ends at the end', async () => {
    const tasks = new Tasks();
    tasks.begin(page([4, 3], 4, 3));
    asked.mockResolvedValueOnce(page([2, 1], 4, null));
    await tasks.loadMore();
    await tasks.loadMore();
    expect([ids(tasks), tasks.more, asked.mock.calls]).toEqual([[4, 3, 2, 1], false, [['texts', 3, 60]]]);
  });

  it('that fails says so and keeps what is on screen', async () => {
    const tasks = new Tasks();
    tasks.begin(page([1]));
    asked.mockRejectedValueOnce(new Error('busy'));
    await tasks.load();
    expect([tasks.failed, ids(tasks)]).toEqual([true, [1]]);
  });
});
