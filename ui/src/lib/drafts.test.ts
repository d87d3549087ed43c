import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drafts, type Shelf } from './drafts.svelte';

function shelf(): Shelf & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    key: (at) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
  };
}

const task = { id: 9, created_at: 1000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an unsaved edit', () => {
  it('outlives a switch of task and a restart', () => {
    const store = shelf();
    const first = new Drafts(() => 'home', () => store);
    first.put(task, { text: '改过', version: 1, newest: 3 });
    expect(first.of(9)?.text).toBe('改过');
    vi.advanceTimersByTime(1000);
    const second = new Drafts(() => 'home', () => store);
    expect(second.look(task)).toEqual({ text: '改过', version: 1, newest: 3 });
  });

  it('is kept at once when the window closes', () => {
    const store = shelf();
    const drafts = new Drafts(() => 'home', () => store);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.flush();
    expect(new Drafts(() => 'home', () => store).look(task)?.text).toBe('改过');
  });

  it('goes with its history alone, and is there again when that was not deleted', () => {
    const store = shelf();
    const [real, sandbox] = ['home', 'home/sandbox'].map((place) => new Drafts(() => place, () => store));
    real?.put(task, { text: '真的', version: 1, newest: 3 });
    sandbox?.put(task, { text: '试的', version: 1, newest: 3 });
    real?.flush();
    const putBack = sandbox?.forget();
    vi.advanceTimersByTime(1000);
    expect([...store.kept.keys()]).toEqual(['draft 9 home']);
    putBack?.();
    expect(new Drafts(() => 'home/sandbox', () => store).look(task)?.text).toBe('试的');
    expect(new Drafts(() => 'home', () => store).look(task)?.text).toBe('真的');
  });

  it('is nowhere any more once it was saved or given up', () => {
    const store = shelf();
    const drafts = new Drafts(() => 'home', () => store);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.drop(9);
    vi.advanceTimersByTime(1000);
    expect(drafts.look(task)).toBeUndefined();
    expect(store.kept.size).toBe(0);
  });

  it('is listed with what an earlier run left, of its own history alone', () => {
    const store = shelf();
    const left = new Drafts(() => 'a home', () => store);
    left.put(task, { text: '改过', version: 1, newest: 3 });
    left.flush();
    const drafts = new Drafts(() => 'a home', () => store);
    drafts.put({ id: 4, created_at: 1 }, { text: '又改', version: 1, newest: 1 });
    drafts.flush();
    expect(drafts.ids().sort()).toEqual([4, 9]);
    expect(new Drafts(() => 'sandbox', () => store).ids()).toEqual([]);
  });

  it('belongs to its own history', () => {
    const store = shelf();
    let place = 'home';
    const drafts = new Drafts(() => place, () => store);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.clear();
    place = 'sandbox';
    expect(drafts.look(task)).toBeUndefined();
    drafts.clear();
    place = 'home';
    expect(drafts.look(task)?.text).toBe('改过');
  });

  it('lives on in the window where the shelf is full', () => {
    const full: Shelf = {
      ...shelf(),
      length: 0,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const drafts = new Drafts(() => 'home', () => full);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.flush();
    expect(drafts.of(9)?.text).toBe('改过');
  });

  it('is no draft where something else lies on the shelf', () => {
    const store = shelf();
    store.setItem('draft 9 home', '{"text":1}');
    expect(new Drafts(() => 'home', () => store).look(task)).toBeUndefined();
    store.setItem('draft 9 home', 'not json');
    expect(new Drafts(() => 'home', () => store).look(task)).toBeUndefined();
    expect(store.kept.size).toBe(0);
  });

  it('is never another task’s that has its number in a history that was brought back', () => {
    const store = shelf();
    const drafts = new Drafts(() => 'home', () => store);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.flush();
    expect(new Drafts(() => 'home', () => store).look({ id: 9, created_at: 2000 })).toBeUndefined();
  });

  it('is forgotten after as long as the trash keeps things', () => {
    const store = shelf();
    const drafts = new Drafts(() => 'home', () => store);
    drafts.put(task, { text: '改过', version: 1, newest: 3 });
    drafts.flush();
    vi.advanceTimersByTime(31 * 86_400_000);
    new Drafts(() => 'home', () => store).look({ id: 3, created_at: 1 });
    expect(store.kept.size).toBe(0);
  });
});
