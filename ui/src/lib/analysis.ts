// What somebody who watched a video closely says about it, laid out and as plain text.

import type { Analysis, Keyframe } from '../bindings';
import { elapsed } from './format';
import { t, type MessageKey } from './messages.svelte';

/** Cells of the timeline at most: one per second, as long as they stay large enough to be told apart. */
const CELLS = 24;

/** The provider's words for a moment. The list is open: what is not here is shown as it came. */
const moments: Record<string, MessageKey | undefined> = {
  hook: 'moment.hook',
  intro: 'moment.intro',
  opening: 'moment.intro',
  context: 'moment.context',
  background: 'moment.context',
  body: 'moment.body',
  problem: 'moment.problem',
  pain_point: 'moment.problem',
  tension: 'moment.tension',
  conflict: 'moment.tension',
  setup: 'moment.setup',
  demo: 'moment.demo',
  demonstration: 'moment.demo',
  step: 'moment.step',
  tip: 'moment.tip',
  twist: 'moment.twist',
  climax: 'moment.climax',
  transition: 'moment.transition',
  reveal: 'moment.reveal',
  payoff: 'moment.payoff',
  reaction: 'moment.reaction',
  comparison: 'moment.comparison',
  before_after: 'moment.comparison',
  product: 'moment.product',
  benefit: 'moment.benefit',
  solution: 'moment.solution',
  proof: 'moment.proof',
  social_proof: 'moment.proof',
  testimonial: 'moment.proof',
  result: 'moment.result',
  cta: 'moment.cta',
  call_to_action: 'moment.cta',
  outro: 'moment.outro',
  ending: 'moment.outro',
  closing: 'moment.outro',
};

export function momentName(word: string): string {
  const key = moments[word.trim().toLowerCase().replaceAll(/[\s-]+/g, '_')];
  return key ? t(key) : word;
}

export interface Timeline {
  /** Whether something happens in each cell. */
  cells: boolean[];
  /** Times under the cells, with their place from 0 to 1. */
  marks: { at: number; text: string }[];
}

/** The moments of a video as cells; none where no moment has a time. */
export function timeline(frames: readonly Keyframe[], duration: number | null): Timeline | null {
  const times = frames.flatMap((frame) => (frame.at_s === null || frame.at_s < 0 ? [] : [frame.at_s]));
  if (times.length === 0) return null;
  // The video is as long as it is said to be, and at least as long as what is seen in it.
  const length = Math.max(duration ?? 0, Math.max(...times) + (duration === null ? 1 : 0), 1);
  const count = Math.min(CELLS, Math.ceil(length));
  const cells = Array.from({ length: count }, () => false);
  for (const time of times) cells[Math.min(count - 1, Math.floor((time / length) * count))] = true;
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find((seconds) => length / seconds <= 5) ?? 3600;
  const marks: Timeline['marks'] = [];
  // The last mark keeps its distance from the end, where its words would run over.
  for (let at = 0; at <= length * 0.93; at += step) marks.push({ at: at / length, text: elapsed(at * 1000) });
  return { cells, marks };
}

/** What is said of a moment, line by line, each with its name. */
export function momentLines(frame: Keyframe): { name: string; text: string }[] {
  const lines: [MessageKey, string | null][] = [
    ['analysis.visual', frame.visual],
    ['analysis.audio', frame.audio],
    ['analysis.screen', frame.text],
  ];
  return lines.flatMap(([key, text]) => (text === null || text.trim() === '' ? [] : [{ name: t(key), text }]));
}

function momentText(frame: Keyframe): string {
  const head = [
    frame.at_s === null ? null : elapsed(frame.at_s * 1000),
    frame.description,
    frame.word === null ? null : t('analysis.moment_word', { word: momentName(frame.word) }),
  ];
  const first = head.filter((part) => part !== null && part !== '').join(' ');
  return [first, ...momentLines(frame).map(({ name, text }) => t('analysis.line', { name, text }))].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => t('analysis.item', { text: item })).join('\n');
}

/** The whole analysis as text for the clipboard, in the words on screen. */
export function analysisText(title: string, analysis: Analysis): string {
  const parts: [MessageKey, string][] = [
    ['analysis.summary', analysis.summary ?? ''],
    ['analysis.hook', analysis.hook ?? ''],
    ['analysis.frames', analysis.keyframes.map(momentText).join('\n')],
    ['analysis.why', list(analysis.why_it_performed)],
    ['analysis.copy_this', list(analysis.attributes_to_copy)],
    ['analysis.hooks', list(analysis.hooks_to_test)],
    ['analysis.tags', analysis.tags.join(t('analysis.comma'))],
  ];
  const filled = parts.filter(([, text]) => text.trim() !== '').map(([key, text]) => `${t(key)}\n${text}`);
  return [title, t('analysis.note'), ...filled].join('\n\n');
}
