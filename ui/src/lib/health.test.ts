import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderHealth, ProviderView, SpendMonth, TaskChange } from '../bindings';
import { Health } from './health.svelte';
import { needing } from './health-words';
import { ipc } from './ipc';

vi.mock('./ipc', () => ({ ipc: { health: vi.fn(), spendMonth: vi.fn() } }));

const of = (over: Partial<ProviderHealth> = {}): ProviderHealth =>
  ({ provider: 'momoget', last_success: null, usual: [], recent: [], failures: [], wait: null, queued: 0, running: 0, uncertain: 0, ...over });
const month = (name: string): SpendMonth => ({ month: name, months: [name], days: [], total: [] });
const saved = (state: string): TaskChange => ({ kind: 'saved', task: { state, wait: null } }) as TaskChange;
const card = { id: 'momoget', ready: true, fields: [], check_failure: null, expires_at: null, allowance: null, checked_at: 1 } as unknown as ProviderView;

const reads = (): number => vi.mocked(ipc.health).mock.calls.length;

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_790_000_000_000);
  vi.mocked(ipc.health).mockReset().mockResolvedValue([of()]);
  vi.mocked(ipc.spendMonth).mockReset().mockImplementation((wanted) => Promise.resolve(month(wanted ?? '2026-11')));
});

afterEach(() => vi.useRealTimers());

describe('while the ledger is on screen', () => {
  it('many changes are read once a second at most', async () => {
    const health = new Health();
    health.show();
    await health.load();
    for (let n = 0; n < 40; n += 1) {
      health.changed([saved('running')]);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(reads()).toBeLessThanOrEqual(5);
    expect(reads()).toBeGreaterThanOrEqual(4);
  });

  it('the month that was picked stays picked', async () => {
    const health = new Health();
    health.show();
    await health.pick('2026-10');
    await health.load();
    expect(vi.mocked(ipc.spendMonth).mock.lastCall).toEqual(['2026-10']);
    expect(health.month?.month).toBe('2026-10');
  });

  it('an older answer does not take the place of a newer one', async () => {
    const health = new Health();
    health.show();
    let late: (value: SpendMonth) => void = () => undefined;
    vi.mocked(ipc.spendMonth).mockImplementationOnce(() => new Promise((done) => (late = done)));
    const first = health.pick('2026-09');
    await health.pick('2026-10');
    late(month('2026-09'));
    await first;
    expect(health.month?.month).toBe('2026-10');
  });

  it('a reading that fails leaves what is there, and says so until one succeeds', async () => {
    const health = new Health();
    health.show();
    await health.load();
    vi.mocked(ipc.health).mockRejectedValueOnce(new Error('busy'));
    await health.load();
    expect([health.failed, health.all.length]).toEqual([true, 1]);
    await health.load();
    expect(health.failed).toBe(false);
  });
});

describe('off screen', () => {
  it('only what may need the user is read, and nothing of the month', async () => {
    const health = new Health();
    health.changed([saved('running'), saved('queued')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads()).toBe(0);
    health.changed([saved('failed')]);
    health.changed([saved('failed')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads()).toBe(1);
    expect(vi.mocked(ipc.spendMonth)).not.toHaveBeenCalled();
  });

  it('nothing is left running once the view has been left', async () => {
    const health = new Health();
    const leave = health.show();
    await health.load();
    health.changed([saved('running')]);
    leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(reads()).toBe(1);
  });

  it('a look is taken soon after the start, not during it', async () => {
    const health = new Health();
    health.begin();
    await vi.advanceTimersByTimeAsync(2000);
    expect(reads()).toBe(0);
    await vi.advanceTimersByTimeAsync(2000);
    expect(reads()).toBe(1);
  });
});

describe('a provider that needs the user', () => {
  it('is noticed by its card and by what its tasks wait for', async () => {
    const health = new Health();
    expect(needing(health, [card])).toEqual([]);
    vi.mocked(ipc.health).mockResolvedValue([of({ wait: { reason: 'key', until: null } })]);
    await health.load();
    expect(needing(health, [card])).toEqual([card]);
  });

  it('of another store is forgotten', async () => {
    vi.mocked(ipc.health).mockResolvedValue([of({ wait: { reason: 'key', until: null } })]);
    const health = new Health();
    await health.load();
    health.clear();
    expect([needing(health, [card]), health.loaded]).toEqual([[], false]);
  });
});
