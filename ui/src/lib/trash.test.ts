import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task } from '../bindings';
import { ipc } from './ipc';
import { daysLeft, mayBePaid, Trash } from './trash.svelte';

vi.mock('./ipc', () => ({ ipc: { trash: vi.fn(), restoreTrashed: vi.fn() } }));

const asked = vi.mocked(ipc.trash);
const task = (id: number, over: Partial<Task> = {}): Task => ({ id, state: 'succeeded', deleted_at: 1, ...over }) as Task;

beforeEach(() => void asked.mockReset());

describe('the trash', () => {
  it('loses a task that is restored, and counts it off', async () => {
    asked.mockResolvedValue({ tasks: [task(3), task(2)], total: 2, before: null });
    const trash = new Trash();
    await trash.load();
    trash.apply([{ kind: 'saved', task: task(3, { deleted_at: null }) }]);
    expect([trash.rows.known, trash.rows.at(0)?.id, trash.total]).toEqual([1, 2, 1]);
  });

  it('is read again when a task is deleted elsewhere', async () => {
    asked.mockResolvedValueOnce({ tasks: [task(2)], total: 1, before: null }).mockResolvedValueOnce({ tasks: [task(9), task(2)], total: 2, before: null });
    const trash = new Trash();
    await trash.load();
    trash.apply([{ kind: 'removed', id: 9 }]);
    await vi.waitFor(() => expect([trash.rows.known, trash.total]).toEqual([2, 2]));
  });

  it('is emptied by its acts, however many tasks each had', async () => {
    const acts = new Map([[30, 70], [20, 1], [10, 500]]);
    asked.mockImplementation(() => {
      const tasks = [...acts].flatMap(([at, count]) => Array.from({ length: count }, (_, n) => task(at * 1000 + n, { deleted_at: at })));
      return Promise.resolve({ tasks: tasks.slice(0, 60), total: tasks.length, before: null });
    });
    vi.mocked(ipc.restoreTrashed).mockImplementation((at) => {
      const count = acts.get(at) ?? 0;
      acts.delete(at);
      return Promise.resolve(count);
    });
    expect([await new Trash().restoreAll(), acts.size]).toEqual([571, 0]);
  });

  it('names the acts of several tasks, and where single ones go on behind them', async () => {
    const times = [9, 8, 8, 7, 6, 6];
    asked.mockResolvedValue({ tasks: times.map((at, n) => task(50 - n, { deleted_at: at })), total: times.length, before: null });
    const trash = new Trash();
    await trash.load();
    const heads = times.map((_, row) => trash.headAt(row));
    expect(heads).toEqual([null, { at: 8, many: true }, null, { at: 7, many: false }, { at: 6, many: true }, null]);
  });

  it('says so when it cannot be read', async () => {
    asked.mockRejectedValue(new Error('busy'));
    const trash = new Trash();
    await trash.load();
    expect([trash.failed, trash.loaded]).toEqual([true, false]);
  });
});

describe('a deleted task', () => {
  it('has thirty days', () => {
    const day = 86_400_000;
    expect([0, 1, 29, 30, 99].map((days) => daysLeft({ deleted_at: 5 }, 5 + days * day))).toEqual([30, 29, 1, 0, 0]);
  });

  it('is kept while it may have been paid for and has not ended', () => {
    expect((['queued', 'running', 'uncertain', 'succeeded', 'failed', 'cancelled'] as const).map((state) => mayBePaid({ state }))).toEqual([false, true, true, false, false, false]);
  });
});
