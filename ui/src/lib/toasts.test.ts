import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what can be taken back', () => {
  it('can be when its toast has gone or given way, but once', () => {
    const [toasts, undo] = [new Toasts(), vi.fn()];
    toasts.show('deleted', undo, true);
    toasts.show('copied');
    vi.advanceTimersByTime(60_000);
    expect([toasts.undo(), toasts.undo(), undo.mock.calls.length]).toEqual([true, false, 1]);
  });

  it('can not be once something else can, or was forgotten', () => {
    const [toasts, first, second] = [new Toasts(), vi.fn(), vi.fn()];
    toasts.show('deleted', first, true);
    toasts.show('cleared', second);
    vi.advanceTimersByTime(60_000);
    expect([toasts.undo(), first.mock.calls.length, second.mock.calls.length]).toEqual([false, 0, 0]);
    toasts.show('deleted', first, true);
    toasts.forget();
    vi.advanceTimersByTime(60_000);
    expect(toasts.undo()).toBe(false);
  });
});

describe('work that takes its time', () => {
  it('is said after a moment, and until it is done', () => {
    const toasts = new Toasts();
    toasts.busy('deleting');
    vi.advanceTimersByTime(100);
    expect(toasts.current).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(toasts.current?.text).toBe('deleting');
    toasts.show('deleted');
    vi.advanceTimersByTime(10_000);
    expect(toasts.current).toBeNull();
  });

  it('is not said where it was done at once', () => {
    const toasts = new Toasts();
    toasts.busy('deleting');
    toasts.show('deleted');
    vi.advanceTimersByTime(1000);
    expect(toasts.current?.text).toBe('deleted');
  });
});
