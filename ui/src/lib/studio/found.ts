// Videos that a search found, whichever search it was.

import type { Analysis, Entry, Item, ScrapedVideo } from '../../bindings';
import type { MessageKey } from '../messages.svelte';

export interface FoundVideo {
  id: string;
  /** Its page; none where the provider names none. */
  url: string | null;
  author: string | null;
  text: string | null;
  /** What it reached, in this order; only what is known. */
  numbers: { name: MessageKey; value: number }[];
  duration_s: number | null;
  hashtags: string[];
  cover_url: string | null;
  analysis: Analysis | null;
}

const NUMBERS = {
  views: 'studio.views',
  likes: 'studio.likes',
  comments: 'studio.comments',
  shares: 'studio.shares',
  saves: 'studio.saves',
} as const satisfies Record<string, MessageKey>;

type NumberName = keyof typeof NUMBERS;

function numbers(of: (name: NumberName) => number | null): FoundVideo['numbers'] {
  const names = Object.keys(NUMBERS) as NumberName[];
  return names.flatMap((name) => {
    const value = of(name);
    return value === null ? [] : [{ name: NUMBERS[name], value }];
  });
}

export function ofScrape(video: ScrapedVideo): FoundVideo {
  return {
    id: video.id,
    url: video.url,
    author: video.author,
    text: video.description,
    numbers: numbers((name) => (name === 'saves' ? null : video[name])),
    duration_s: video.duration_s,
    hashtags: video.hashtags,
    cover_url: video.cover_url,
    analysis: null,
  };
}

/** An item of the library of viral videos, whose facts are by the provider's names. */
export function ofItem(item: Item): FoundVideo {
  const facts = new Map<string, Entry>(item.facts);
  const text = (name: string): string | null => {
    const fact = facts.get(name);
    return typeof fact === 'string' && fact !== '' ? fact : null;
  };
  const number = (name: string): number | null => {
    const fact = facts.get(name);
    return typeof fact === 'number' ? fact : null;
  };
  const tags = facts.get('hashtags');
  return {
    id: item.id,
    url: text('tiktokUrl') ?? text('url'),
    author: text('username'),
    text: item.text ?? (item.title || null),
    numbers: numbers(number),
    duration_s: number('duration') ?? number('duration_s'),
    hashtags: Array.isArray(tags) ? tags : [],
    cover_url: item.pictures[0] ?? null,
    analysis: item.analysis,
  };
}
