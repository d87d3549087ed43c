import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as door from './ipc';
import { AppError, ipc } from './ipc';
import { Notes } from './notes.svelte';

vi.mock('./ipc', async (original) => {
  const { AppError } = await original<typeof door>();
  return { AppError, ipc: { saveNote: vi.fn() } };
});

const save = vi.mocked(ipc.saveNote);

beforeEach(() => {
  vi.useFakeTimers();
  save.mockReset().mockResolvedValue(null);
});
afterEach(() => void vi.useRealTimers());

describe('a note', () => {
  it('is saved when the typing rests', async () => {
    const notes = new Notes();
    notes.type(9, '四');
    notes.type(9, '四步');
    expect(notes.of(9)?.state).toBe('typing');
    await vi.advanceTimersByTimeAsync(1000);
    expect(save.mock.calls).toEqual([[9, '四步']]);
    expect(notes.of(9)).toEqual({ text: '四步', state: 'saved', failed: null });
  });

  it('is saved again where it was typed on while it was written, never two at once', async () => {
    let done: () => void = () => undefined;
    save.mockImplementationOnce(() => new Promise((resolve) => (done = () => resolve(null))));
    const notes = new Notes();
    notes.type(9, '四');
    const first = notes.save(9);
    notes.type(9, '四步');
    await vi.advanceTimersByTimeAsync(1000);
    expect(save).toHaveBeenCalledTimes(1);
    done();
    await first;
    expect(save.mock.calls).toEqual([[9, '四'], [9, '四步']]);
    expect(notes.of(9)?.state).toBe('saved');
  });

  it('stays in the field where it cannot be saved, also when the page is left', async () => {
    save.mockRejectedValue(new AppError('disk_full', 'invented'));
    const notes = new Notes();
    notes.type(9, '四步');
    await notes.leave(9);
    expect(notes.of(9)).toEqual({ text: '四步', state: 'failed', failed: 'disk_full' });
    save.mockResolvedValue(null);
    await notes.save(9);
    expect(notes.of(9)?.state).toBe('saved');
  });

  it('is the task’s own again once it is saved and the page is left', async () => {
    const notes = new Notes();
    notes.type(9, '四步');
    await notes.leave(9);
    expect(save).toHaveBeenCalledWith(9, '四步');
    expect(notes.of(9)).toBeUndefined();
  });
});
