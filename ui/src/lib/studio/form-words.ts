// What the fields of the forms, their choices and their faults are called.

import type { Entry, Fault, FaultKind, FormField, Operation } from '../../bindings';
import { number } from '../format';
import { t, type MessageKey } from '../messages.svelte';

/** Where a form belongs: the operation, or the collection whose items it makes. */
export type Context = Operation | (string & {});

/** By the provider's own names. One that means different things has `context.name` as well. */
const labels: Record<string, MessageKey | undefined> = {
  model: 'form.model',
  prompt: 'form.prompt',
  imageUrls: 'form.imageUrls',
  image_url: 'form.image_url',
  videoUrls: 'form.videoUrls',
  videoUrl: 'form.videoUrl',
  videoId: 'form.videoId',
  aspectRatio: 'form.aspectRatio',
  aspect_ratio: 'form.aspect_ratio',
  imageSize: 'form.imageSize',
  nFrames: 'form.nFrames',
  duration: 'form.duration',
  cfg_scale: 'form.cfg_scale',
  selectedCharacter: 'form.selectedCharacter',
  characterOrientation: 'form.characterOrientation',
  mode: 'form.mode',
  'generate_video.mode': 'form.mode.resolution',
  'scrape.mode': 'form.mode.search',
  'posts.mode': 'form.mode.post',
  resolution: 'form.resolution',
  outputFormat: 'form.outputFormat',
  googleSearch: 'form.googleSearch',
  instrumental: 'form.instrumental',
  title: 'form.title',
  style: 'form.style',
  language: 'form.language',
  text: 'form.text',
  position: 'form.position',
  fontSize: 'form.fontSize',
  topBottomMargin: 'form.topBottomMargin',
  strokeThickness: 'form.strokeThickness',
  name: 'form.name',
  description: 'form.description',
  body: 'form.body',
  photos: 'form.photos',
  messaging: 'form.messaging',
  type: 'form.type',
  promptTemplate: 'form.promptTemplate',
  accountIds: 'form.accountIds',
  scheduledFor: 'form.scheduledFor',
  timezone: 'form.timezone',
  content: 'form.content',
  publishToInbox: 'form.publishToInbox',
  tiktokPrivacyLevel: 'form.tiktokPrivacyLevel',
  tiktokAllowComment: 'form.tiktokAllowComment',
  tiktokAllowDuet: 'form.tiktokAllowDuet',
  tiktokAllowStitch: 'form.tiktokAllowStitch',
  tiktokCommercialContentType: 'form.tiktokCommercialContentType',
  fromDate: 'form.fromDate',
  toDate: 'form.toDate',
  includeDrafts: 'form.includeDrafts',
  q: 'form.q',
  query: 'form.query',
  limit: 'form.limit',
  scrapeId: 'form.scrapeId',
  brief: 'form.brief',
  status: 'form.status',
  page: 'form.page',
};

/** Whether the window has a name for a field. */
export function isNamed(name: string): boolean {
  return labels[name] !== undefined;
}

/** What a field is called. One that nobody has named is shown by its own name. */
export function labelOf(name: string, context: Context): string {
  const key = labels[`${context}.${name}`] ?? labels[name];
  return key ? t(key) : name;
}

const hints: Record<string, MessageKey | undefined> = {
  'generate_video.prompt': 'form.hint.prompt',
  'generate_image.prompt': 'form.hint.image_prompt',
  'generate_music.prompt': 'form.hint.music_prompt',
  selectedCharacter: 'form.hint.selectedCharacter',
  'generate_music.style': 'form.hint.style',
  'captions.language': 'form.hint.language',
  promptTemplate: 'form.hint.promptTemplate',
  'scrape.query': 'form.hint.scrape',
  q: 'form.hint.q',
  brief: 'form.hint.brief',
  publishToInbox: 'form.hint.publishToInbox',
  'change_post.accountIds': 'form.hint.same_accounts',
};

/** A word of advice, shown in the empty field or below it. */
export function hintOf(name: string, context: Context): string | null {
  const key = hints[`${context}.${name}`] ?? hints[name];
  return key ? t(key) : null;
}

const choices: Record<string, MessageKey | undefined> = {
  portrait: 'form.choice.portrait',
  landscape: 'form.choice.landscape',
  square: 'form.choice.square',
  auto: 'form.choice.auto',
  Auto: 'form.choice.auto',
  'characterOrientation.image': 'form.choice.orientation_image',
  'characterOrientation.video': 'form.choice.orientation_video',
  keyword: 'form.choice.keyword',
  hashtag: 'form.choice.hashtag',
  search: 'form.choice.search',
  top: 'form.choice.top',
  center: 'form.choice.center',
  bottom: 'form.choice.bottom',
  video: 'form.choice.video',
  image: 'form.choice.image',
  schedule: 'form.choice.schedule',
  draft: 'form.choice.draft',
  now: 'form.choice.now',
  SELF_ONLY: 'form.choice.self_only',
  PUBLIC_TO_EVERYONE: 'form.choice.public',
  MUTUAL_FOLLOW_FRIENDS: 'form.choice.mutual',
  FOLLOWER_OF_CREATOR: 'form.choice.followers',
  'tiktokCommercialContentType.none': 'form.choice.commercial_none',
  brand_organic: 'form.choice.brand_organic',
  brand_content: 'form.choice.brand_content',
  pending: 'form.choice.pending',
  processing: 'form.choice.processing',
  completed: 'form.choice.completed',
  failed: 'form.choice.failed',
};

/** Fields whose choices are lengths in seconds. */
const seconds = new Set(['nFrames', 'duration']);

/** What a choice is called: a human word where it helps, else as the provider writes it. */
export function choiceOf(name: string, value: string): string {
  if (seconds.has(name) && /^\d+$/.test(value)) return t('form.choice.seconds', { n: value });
  const key = choices[`${name}.${value}`] ?? choices[value];
  return key ? t(key) : value;
}

/** Fields of which each is a rare wish: they stand folded away under a name of their own. */
export function isFolded(name: string): boolean {
  return name.startsWith('tiktok') || name === 'publishToInbox';
}

/** The proportion that a choice stands for, to draw it: width to height. */
export function ratioOf(value: string): number | null {
  const named = { portrait: 9 / 16, landscape: 16 / 9, square: 1 }[value];
  if (named !== undefined) return named;
  const found = /^(\d+):(\d+)$/.exec(value);
  return found ? Number(found[1]) / Number(found[2]) : null;
}

const faults: Record<FaultKind, MessageKey> = {
  missing: 'form.fault.missing',
  too_long: 'form.fault.too_long',
  too_many: 'form.fault.too_many',
  too_small: 'form.fault.too_small',
  too_large: 'form.fault.too_large',
  not_offered: 'form.fault.not_offered',
  not_an_address: 'form.fault.not_an_address',
  not_whole: 'form.fault.not_whole',
  past: 'form.fault.past',
  unknown: 'form.fault.unknown',
  wrong_kind: 'form.fault.wrong_kind',
};

export function faultWords(fault: Fault): string {
  return t(faults[fault.kind], { limit: fault.limit === null ? '' : number(fault.limit) });
}

/** The bounds of a number in words, where it has both. */
export function rangeOf(field: FormField): string | null {
  if (field.kind === 'time' || field.smallest === null || field.largest === null) return null;
  return t('form.range', { smallest: number(field.smallest), largest: number(field.largest) });
}

/** Choices few and short enough to stand side by side. `texts` are what they are called. */
export function standsOpen(texts: readonly string[]): boolean {
  const wide = (text: string): number => [...text].reduce((sum, one) => sum + (one.charCodeAt(0) > 255 ? 2 : 1), 0);
  return texts.length <= 4 && texts.reduce((sum, text) => sum + wide(text) + 4, 0) <= 44;
}

/** What is picked, as a text: choices and items are by their ids. */
export function textOf(entry: Entry): string {
  return typeof entry === 'string' ? entry : '';
}
