// A plan of contents as text, whole and idea by idea.

import type { ContentIdea, Plan } from '../../bindings';
import { t, type MessageKey } from '../messages.svelte';

/** The parts of an idea that it has, in the order in which a video is made. */
export function ideaRows(idea: ContentIdea): { name: MessageKey; text: string }[] {
  const rows: { name: MessageKey; text: string | null }[] = [
    { name: 'studio.idea.hook', text: idea.hook },
    { name: 'studio.idea.opening', text: idea.opening_shot },
    { name: 'studio.idea.outline', text: idea.outline },
    { name: 'studio.idea.action', text: idea.call_to_action },
  ];
  return rows.flatMap(({ name, text }) => (text ? [{ name, text }] : []));
}

const line = (name: string, text: string): string => t('studio.plan_line', { name, text });

export function ideaText(idea: ContentIdea): string {
  return ideaRows(idea).map(({ name, text }) => line(t(name), text)).join('\n');
}

export function planText(plan: Plan): string {
  const list = (name: MessageKey, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [[t(name), ...items.map((item) => `- ${item}`)].join('\n')];
  const blueprints = plan.blueprints.map((blueprint, at) => {
    const head = [blueprint.category ?? t('studio.plan_blueprint', { n: at + 1 }), blueprint.strategy, blueprint.evidence];
    return [head.filter((part) => part).join('\n'), ...blueprint.ideas.map(ideaText)].join('\n\n');
  });
  const brief = plan.brief ? [line(t('form.brief'), plan.brief)] : [];
  return [...brief, ...list('studio.plan_wins', plan.top_wins), ...list('studio.plan_gaps', plan.gaps_to_test), ...blueprints].join('\n\n');
}
