import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Paste, Task, TaskChange, TaskDetail, TaskState } from '../bindings';
import type * as door from './ipc';
import { AppError, ipc } from './ipc';
import { Pastes } from './pastes.svelte';

vi.mock('./ipc', async (original) => {
  const real = await original<typeof door>();
  return { AppError: real.AppError, ipc: { paste: vi.fn(), pausePaste: vi.fn(), cancelWaiting: vi.fn(), task: vi.fn() } };
});

const task = (id: number, state: TaskState, over: Partial<Task> = {}): Task =>
  ({ id, paste: 7, state, operation: 'transcribe', cancel_cause: null, deleted_at: null, words: null, link: { url: `https://v.douyin.com/${id}/`, title: `视频 ${id}` }, found: { title: null }, ...over }) as Task;

const paste = (tasks: Task[], over: Partial<Paste> = {}): Paste => ({ id: 7, name: null, created_at: 0, paused: false, tasks, left_s: 120, ...over });
const saved = (one: Task): TaskChange => ({ kind: 'saved', task: one });
const states = (pastes: Pastes): string[] => (pastes.of(7)?.tasks ?? []).map((one) => `${one.id} ${one.state}`);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'running'), task(2, 'queued')]));
});

afterEach(() => vi.useRealTimers());

async function watched(rested?: (paste: Paste) => void): Promise<Pastes> {
  const pastes = new Pastes(rested);
  pastes.watch(7);
  await vi.advanceTimersByTimeAsync(30);
  return pastes;
}

describe('a paste that is looked at', () => {
  it('is read once, however many look at it', async () => {
    const pastes = await watched();
    pastes.watch(7);
    await vi.advanceTimersByTimeAsync(30);
    expect([states(pastes), vi.mocked(ipc.paste).mock.calls.length]).toEqual([['1 running', '2 queued'], 1]);
  });

  it('is not read where it only flies past', async () => {
    const pastes = new Pastes();
    pastes.watch(7)();
    await vi.advanceTimersByTimeAsync(30);
    expect(ipc.paste).not.toHaveBeenCalled();
  });

  it('shows a change of a task at once, and is read again at most once a second', async () => {
    const pastes = await watched();
    for (const state of ['submitting', 'running', 'succeeded'] as const) pastes.apply([saved(task(2, state))]);
    expect(states(pastes)).toEqual(['1 running', '2 succeeded']);
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'succeeded'), task(2, 'succeeded')], { left_s: null }));
    await vi.advanceTimersByTimeAsync(5000);
    expect([states(pastes), pastes.of(7)?.left_s, vi.mocked(ipc.paste).mock.calls.length]).toEqual([['1 succeeded', '2 succeeded'], null, 2]);
  });

  it('does not take what was read before it changed', async () => {
    const pastes = await watched();
    let answer: (paste: Paste) => void = () => undefined;
    vi.mocked(ipc.paste).mockReturnValueOnce(new Promise((done) => (answer = done)));
    pastes.apply([saved(task(2, 'submitting'))]);
    await vi.advanceTimersByTimeAsync(1000);
    pastes.apply([saved(task(2, 'succeeded'))]);
    answer(paste([task(1, 'running'), task(2, 'submitting')]));
    await vi.advanceTimersByTimeAsync(30);
    expect(states(pastes)).toEqual(['1 running', '2 succeeded']);
  });

  it('loses what is trashed or gone, and takes back what is restored in its place', async () => {
    const pastes = await watched();
    pastes.apply([saved(task(1, 'running', { deleted_at: 5 }))]);
    expect(states(pastes)).toEqual(['2 queued']);
    pastes.apply([saved(task(1, 'running'))]);
    expect(states(pastes)).toEqual(['1 running', '2 queued']);
    pastes.apply([{ kind: 'removed', id: 2 }]);
    expect(states(pastes)).toEqual(['1 running']);
  });

  it('is gone once nothing of it is left', async () => {
    const pastes = await watched();
    pastes.apply([{ kind: 'removed', id: 1 }, { kind: 'removed', id: 2 }]);
    expect(pastes.gone(7)).toBe(true);
    vi.mocked(ipc.paste).mockRejectedValue(new AppError('task_gone', 'gone'));
    pastes.watch(8);
    await vi.advanceTimersByTimeAsync(30);
    expect(pastes.gone(8)).toBe(true);
  });

  it('is read anew where very much has changed', async () => {
    const pastes = await watched();
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'cancelled'), task(2, 'cancelled')]));
    pastes.apply([{ kind: 'reload' }]);
    await vi.advanceTimersByTimeAsync(30);
    expect(states(pastes)).toEqual(['1 cancelled', '2 cancelled']);
  });

  it('counts down what it still takes, from when that was said', async () => {
    const pastes = await watched();
    expect([pastes.left(7, Date.now() + 30_000), pastes.left(7, Date.now() + 300_000), pastes.left(9, Date.now())]).toEqual([90, 0, null]);
  });
});

describe('the end of a paste', () => {
  it('is told once, when the last of its tasks has ended', async () => {
    const rested = vi.fn();
    const pastes = await watched(rested);
    pastes.apply([saved(task(1, 'succeeded'))]);
    expect(rested).not.toHaveBeenCalled();
    pastes.apply([saved(task(2, 'uncertain'))]);
    pastes.apply([saved(task(2, 'uncertain', { starred: true }))]);
    expect(rested).toHaveBeenCalledTimes(1);
  });

  it('is no news of a single task, nor of what had ended before', async () => {
    const rested = vi.fn();
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'running')]));
    const pastes = await watched(rested);
    pastes.apply([saved(task(1, 'succeeded'))]);
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'succeeded'), task(2, 'failed')]));
    pastes.apply([{ kind: 'reload' }]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(rested).not.toHaveBeenCalled();
  });
});

describe('an order', () => {
  it('to pause shows what Rust answered', async () => {
    const pastes = await watched();
    vi.mocked(ipc.pausePaste).mockResolvedValue(paste([task(1, 'running'), task(2, 'queued')], { paused: true }));
    await pastes.pause(7);
    expect(pastes.of(7)?.paused).toBe(true);
  });

  it('to cancel what waits answers how many these were, and reads the rest anew', async () => {
    const pastes = await watched();
    vi.mocked(ipc.cancelWaiting).mockResolvedValue(1);
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'running'), task(2, 'cancelled')]));
    expect([await pastes.cancelWaiting(7), states(pastes)]).toEqual([1, ['1 running', '2 cancelled']]);
  });
});

describe('all texts of a paste', () => {
  it('stand in the order of the links, each newest version under its title', async () => {
    vi.mocked(ipc.paste).mockResolvedValue(paste([task(1, 'succeeded', { words: 2 }), task(2, 'failed'), task(3, 'succeeded', { words: 3 }), task(4, 'succeeded')]));
    vi.mocked(ipc.task).mockImplementation((id) => Promise.resolve({ task: task(id, 'succeeded'), transcripts: [{ text: '旧的' }, { text: `文案 ${id}` }] } as TaskDetail));
    const pastes = await watched();
    expect(await pastes.texts(7)).toEqual({ text: '视频 1\n文案 1\n\n视频 3\n文案 3', count: 2, words: 5 });
  });
});
