// Invented health and spend for the stand-in: `?show=ledger`, `ledger-empty`, `ledger-loading`, `ledger-failed`, `ledger-sandbox`.

import type { Failure, FailureKind, ProviderHealth, ProviderId, ProviderView, RecentFailure, SpendDay, SpendMonth, Spent, TaskState, Unit } from '../bindings';
import { failure } from './invented';

const NOW = Date.now();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const states = (text: string): ProviderHealth['recent'] =>
  [...text].map((letter, at) => ({ task: 100 + at, state: ({ '.': 'succeeded', x: 'failed', '?': 'uncertain', '-': 'cancelled' } as Record<string, TaskState>)[letter] ?? 'succeeded' }));

const failed = (task: number, kind: FailureKind, provider: ProviderId, minutes: number, count: number, over: Partial<Failure> = {}): RecentFailure => ({
  task,
  operation: 'transcribe',
  failure: { ...failure(kind, provider), ...over },
  at: NOW - minutes * MINUTE,
  count,
});

function health(provider: ProviderId, over: Partial<ProviderHealth>): ProviderHealth {
  return { provider, last_success: null, usual: [], recent: [], failures: [], wait: null, queued: 0, running: 0, uncertain: 0, ...over };
}

export function all(show: string): ProviderHealth[] {
  if (show.startsWith('first') || show === 'ledger-empty') return [health('momoget', {}), health('transcriptgenerate', {}), health('coze', {}), health('rawugc', {}), health('jimeng', {})];
  return [
    health('momoget', {
      last_success: NOW - 5 * MINUTE,
      usual: [['transcribe', 84]],
      recent: states('........x.......?...'),
      failures: [failed(8, 'provider-internal', 'momoget', 14 * 60, 1, { message: '解析失败，请稍后重试' })],
      queued: 1,
      running: 1,
      uncertain: 1,
    }),
    health('transcriptgenerate', {
      last_success: NOW - 17 * HOUR,
      usual: [['transcribe', 21]],
      recent: states('................xxxx'),
      failures: [failed(8, 'unauthorized', 'transcriptgenerate', 18, 3), failed(8, 'network', 'transcriptgenerate', 50, 1)],
    }),
    health('coze', { last_success: NOW - 75 * HOUR, usual: [['transcribe', 48], ['resolve', 6]], recent: states('......') }),
    health('rawugc', {
      last_success: NOW - 3 * MINUTE,
      usual: [['generate_video', 312], ['analyze', 40]],
      recent: states('....x..-...'),
      failures: [failed(61, 'rate-limited', 'rawugc', 90, 1)],
      wait: { reason: 'rate', until: NOW + 32_000 },
      queued: 2,
    }),
    health('jimeng', {}),
  ];
}

/** The cards as the ledger's design shows them. */
export function cards(providers: ProviderView[]): ProviderView[] {
  const over: Partial<Record<ProviderId, Partial<ProviderView>>> = {
    momoget: { daily_limit: 50 },
    coze: { daily_limit: 20, expires_at: NOW + 2.5 * 24 * HOUR },
    rawugc: { spent_today: 26 },
    jimeng: { ready: false, name: '即梦网关', fields: [] },
  };
  return providers.map((one) => ({ ...one, ...over[one.id] }));
}

const units: Partial<Record<ProviderId, Unit>> = { momoget: 'use', transcriptgenerate: 'second', coze: 'run', rawugc: 'credit' };

function spent(provider: ProviderId, amount: number, calls = amount, over: Partial<Spent> = {}): Spent {
  return { provider, unit: units[provider] ?? 'use', calls, amount, open: 0, uncertain: 0, ...over };
}

function day(back: number): string {
  const at = new Date(NOW - back * 24 * HOUR);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}

export function month(show: string, wanted: string | null): SpendMonth {
  const now = day(0).slice(0, 7);
  const before = day(32).slice(0, 7);
  const days: SpendDay[] = [
    { day: day(0), spent: [spent('momoget', 12, 13, { uncertain: 1, open: 1 }), spent('rawugc', 26, 3)], saved: 3 },
    { day: day(1), spent: [spent('momoget', 31), spent('transcriptgenerate', 372, 6), spent('rawugc', 4, 1)], saved: 9 },
    { day: day(2), spent: [spent('momoget', 8), spent('transcriptgenerate', 1300, 14, { open: 2 })], saved: 2 },
    { day: day(3), spent: [spent('momoget', 19), spent('transcriptgenerate', 245, 4), spent('coze', 6), spent('rawugc', 0, 2, { open: 2 })], saved: 0 },
  ];
  if (show.startsWith('first') || show === 'ledger-empty' || (wanted !== null && wanted !== now)) return { month: wanted ?? now, months: show.startsWith('ledger-empty') || show.startsWith('first') ? [now] : [now, before], days: [], total: [] };
  const total = [
    spent('momoget', 214, 215, { uncertain: 1, open: 1 }),
    spent('transcriptgenerate', 36_000, 90, { open: 2 }),
    spent('coze', 22),
    spent('rawugc', 71, 12, { open: 2 }),
  ];
  return { month: now, months: [now, before], days, total };
}
