// The facts of things that a provider keeps: what they are called and how their values are written.

import type { Entry, Item } from '../../bindings';
import { dayAndTime, number } from '../format';
import { t, type MessageKey } from '../messages.svelte';
import { networkName } from '../names';
import { choiceOf } from './form-words';

/** What a collection is called, and one of its items. */
const collections: Record<string, { name: MessageKey; create: MessageKey } | undefined> = {
  personas: { name: 'collection.personas', create: 'collection.create.personas' },
  products: { name: 'collection.products', create: 'collection.create.products' },
  styles: { name: 'collection.styles', create: 'collection.create.styles' },
  messaging: { name: 'collection.messaging', create: 'collection.create.messaging' },
  characters: { name: 'collection.characters', create: 'collection.create' },
  videos: { name: 'collection.videos', create: 'collection.create' },
  images: { name: 'collection.images', create: 'collection.create' },
  music: { name: 'collection.music', create: 'collection.create' },
  plans: { name: 'collection.plans', create: 'collection.create' },
  accounts: { name: 'collection.accounts', create: 'collection.create' },
  posts: { name: 'collection.posts', create: 'collection.create' },
  viral: { name: 'collection.viral', create: 'collection.create' },
};

/** Collections that stand in tabs of their own, not in the library. */
const ELSEWHERE = new Set(['accounts', 'posts', 'viral']);
const ORDER = Object.keys(collections);

export function collectionName(name: string): string {
  const known = collections[name];
  return known ? t(known.name) : name;
}

export function createWords(name: string): string {
  return t(collections[name]?.create ?? 'collection.create');
}

/** The names of the library, in its order; one that nobody knows comes last. */
export function libraryNames(names: readonly string[]): string[] {
  const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return [...new Set(names)].filter((name) => !ELSEWHERE.has(name)).toSorted((one, other) => place(one) - place(other));
}

const facts: Record<string, MessageKey | undefined> = {
  status: 'collection.fact.status',
  model: 'collection.fact.model',
  prompt: 'form.prompt',
  platform: 'collection.fact.platform',
  platforms: 'collection.fact.platform',
  username: 'collection.fact.username',
  displayName: 'collection.fact.displayName',
  type: 'form.type',
  aspectRatio: 'form.aspectRatio',
  creditsUsed: 'collection.fact.creditsUsed',
  duration: 'form.duration',
  durationSeconds: 'form.duration',
  createdAt: 'collection.fact.createdAt',
  updatedAt: 'collection.fact.updatedAt',
  completedAt: 'collection.fact.completedAt',
  publishedAt: 'collection.fact.publishedAt',
  scheduledFor: 'form.scheduledFor',
  timezone: 'form.timezone',
  isActive: 'collection.fact.isActive',
  messaging: 'form.messaging',
  promptTemplate: 'form.promptTemplate',
  failMessage: 'collection.fact.failMessage',
  scrapeId: 'form.scrapeId',
  resolution: 'form.resolution',
  imageSize: 'form.imageSize',
  outputFormat: 'form.outputFormat',
  styleId: 'collection.fact.styleId',
};

/** What a fact is called. One that nobody has named goes by its own name. */
export function factName(name: string): string {
  const key = facts[name];
  return key ? t(key) : name;
}

const statuses: Record<string, MessageKey | undefined> = {
  draft: 'collection.status.draft',
  scheduled: 'collection.status.scheduled',
  published: 'collection.status.published',
  failed: 'collection.status.failed',
};

/** Facts that say nothing to a person. */
const SILENT = new Set(['organizationId', 'isAdmin', 'isStandard', 'hashtags']);
/** Addresses, which a button opens. */
const ADDRESS = /url$/i;

export function factOf(item: Item, name: string): Entry {
  return item.facts.find(([one]) => one === name)?.[1] ?? null;
}

/** A time in milliseconds since 1970, from 2001 on: smaller numbers are amounts. */
export function timeOf(item: Item, name: string): number | null {
  const fact = factOf(item, name);
  return typeof fact === 'number' && fact > 1e12 ? fact : null;
}

export function statusOf(item: Item): string | null {
  const status = factOf(item, 'status');
  return typeof status === 'string' ? status : null;
}

export function statusWords(status: string): string {
  const key = statuses[status];
  return key ? t(key) : choiceOf('status', status);
}

export function factWords(name: string, entry: Entry, now: number): string {
  if (entry === null) return '';
  if (Array.isArray(entry)) return (name === 'platforms' ? entry.map(networkName) : entry).join(t('form.list_comma'));
  if (typeof entry === 'boolean') return t(entry ? 'studio.yes' : 'studio.no');
  if (typeof entry === 'number') return entry > 1e12 ? dayAndTime(entry, now) : number(entry);
  if (name === 'platform') return networkName(entry);
  return name === 'status' ? statusWords(entry) : choiceOf(name, entry);
}

/** The facts to show of an item, in their order. */
export function factsOf(item: Item): [string, Entry][] {
  return item.facts.filter(([name, entry]) => {
    if (SILENT.has(name) || ADDRESS.test(name)) return false;
    // What stands above already needs no second line.
    return entry !== null && entry !== '' && entry !== item.text && entry !== item.title && !(Array.isArray(entry) && entry.length === 0);
  });
}

/** Whether a text that was typed into the search stands in an item. */
export function found(item: Item, wanted: string): boolean {
  const needle = wanted.trim().toLowerCase();
  return needle === '' || [item.title, item.text ?? ''].some((text) => text.toLowerCase().includes(needle));
}
