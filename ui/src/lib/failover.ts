// Another provider where one provably started nothing: in which order, and what became of it.

import type { Operation, ProviderId, ProviderView, Settings, TaskDetail } from '../bindings';
import { sentences, t } from './messages.svelte';
import { failureHeadline, providerName } from './words';

export type Order = Settings['order'];

/** What is asked about a link. A form is one provider's own, so that no other could take it. */
const OPERATIONS: readonly Operation[] = ['transcribe', 'resolve', 'analyze'];

/** The providers that do something, as the user ordered them; those that were never ordered come last. */
export function ordered(operation: Operation, order: Order, all: readonly ProviderView[]): ProviderView[] {
  const wanted = order[operation] ?? [];
  const place = (id: ProviderId): number => (wanted.includes(id) ? wanted.indexOf(id) : wanted.length);
  return all.filter((one) => one.operations.includes(operation)).toSorted((one, other) => place(one.id) - place(other.id));
}

/** The operations between whose providers there is something to order. */
export function orderable(all: readonly ProviderView[]): Operation[] {
  return OPERATIONS.filter((operation) => all.filter((one) => one.operations.includes(operation)).length > 1);
}

/**
 * The order with some providers of an operation in another sequence: `ids` are the ones that were shown, as they stand
 * now. Those that were not shown keep their places.
 */
export function rearranged(order: Order, operation: Operation, all: readonly ProviderView[], ids: readonly ProviderId[]): Order {
  const rest = [...ids];
  const now = ordered(operation, order, all).map((one) => one.id);
  return { ...order, [operation]: now.map((id) => (ids.includes(id) ? (rest.shift() ?? id) : id)) };
}

/** `先 Momoget，没有开始就换 TranscriptGenerate，再换 Coze`; nothing where there is no other. */
export function chainWords(first: ProviderView, then: readonly ProviderView[]): string | null {
  const [second, ...rest] = then;
  if (!second) return null;
  const parts = [t('failover.first', { provider: first.name }), t('failover.next', { provider: second.name })];
  return [...parts, ...rest.map((one) => t('failover.after', { provider: one.name }))].join(t('failover.comma'));
}

/** A provider that did not do it, and why, in a few words. */
export interface Passed {
  provider: ProviderId;
  reason: string;
}

/** The providers that were asked or skipped before the one that the task is at, each once with its last reason. */
export function passed({ task, attempts, passed_over }: TaskDetail): Passed[] {
  const reasons = new Map<ProviderId, string>();
  for (const { provider, failure, outcome } of attempts) {
    const refused = outcome === 'rejected' || outcome === 'not-sent';
    if (refused && provider !== task.provider && failure !== null) reasons.set(provider, failureHeadline(failure, null));
  }
  for (const failure of passed_over) {
    if (failure.provider !== task.provider && !reasons.has(failure.provider)) reasons.set(failure.provider, failureHeadline(failure, null));
  }
  return [...reasons].map(([provider, reason]) => ({ provider, reason }));
}

/** Who answered, and why the others did not; nothing where the first one did. */
export function answeredWords(detail: TaskDetail): string | null {
  const others = passed(detail);
  if (others.length === 0) return null;
  const why = others.map(({ provider, reason }) => t('failover.passed', { provider: providerName(provider), reason }));
  return sentences(...why, t('failover.answered', { provider: providerName(detail.task.provider) }));
}
