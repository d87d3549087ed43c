// The versions of a text as the sheet lists them: a task's own, then what other tasks got of the same video.

import type { ProviderId, TaskDetail, TextRef, Timestamp, Transcript, TranscriptKind } from '../bindings';
import { dayAndTime } from './format';
import { t, type MessageKey } from './messages.svelte';
import { providerName } from './names';

export interface Version {
  ref: TextRef;
  kind: TranscriptKind;
  provider: ProviderId;
  words: number;
  at: Timestamp;
  /** The task's own; the others belong to another task about the same video. */
  own: boolean;
  /** The one that is copied, counted and exported. */
  last: boolean;
  /** A copy of the provider's text that was made by restoring it. */
  restored: boolean;
}

const kinds: Record<TranscriptKind, MessageKey> = {
  provider: 'version.provider',
  tidied: 'version.tidied',
  edited: 'version.edited',
};

/** The task's own versions, newest last, and behind them those of other tasks. */
export function versionsOf({ task, transcripts, same_video }: TaskDetail): Version[] {
  const newest = transcripts.at(-1)?.version;
  const first = transcripts.find((one) => one.kind === 'provider')?.version;
  const own = transcripts.map(({ version, kind, words, created_at }) => ({
    ref: { task: task.id, version },
    kind,
    provider: task.provider,
    words,
    at: created_at,
    own: true,
    last: version === newest,
    restored: kind === 'provider' && version !== first,
  }));
  const others = same_video.map(({ text, provider, kind, words, created_at }) => ({
    ref: text,
    kind,
    provider,
    words,
    at: created_at,
    own: false,
    last: false,
    restored: false,
  }));
  return [...own, ...others];
}

export function same(a: TextRef, b: TextRef): boolean {
  return a.task === b.task && a.version === b.version;
}

/** What a version is called: `原文`, `我的修改`; another task's with its provider. */
export function versionName(version: Version): string {
  if (version.restored) return t('version.restored');
  const name = t(kinds[version.kind]);
  return version.own ? name : t('version.of', { provider: providerName(version.provider), name });
}

/** What tells versions of the same name apart. */
export function versionAside(version: Version, now: number): string {
  const when = dayAndTime(version.at, now);
  return version.own && version.kind === 'provider' && !version.restored ? `${providerName(version.provider)} ${when}` : when;
}

/** The whole name, for a choice of versions: `我的修改，今天 14:51`. */
export function versionTitle(version: Version, now: number): string {
  const first = version.own && version.kind === 'provider' && !version.restored;
  const name = first ? t('version.of', { provider: providerName(version.provider), name: versionName(version) }) : versionName(version);
  return t('version.title', { name, when: dayAndTime(version.at, now) });
}

/** Whether the user may delete it: what a provider said stays. */
export function deletable(version: Version): boolean {
  return version.own && version.kind !== 'provider';
}

/** What tidying starts from: never a tidied text, so that a switch that is turned off brings back what it took. */
export function tidyBase(transcripts: readonly Transcript[], shown: number | undefined): Transcript | undefined {
  const upTo = transcripts.filter((one) => shown === undefined || one.version <= shown);
  return upTo.findLast((one) => one.kind !== 'tidied') ?? upTo.at(-1);
}

/** The pair that is compared first: what the provider said with what is shown, else two texts of different tasks. */
export function firstPair(versions: readonly Version[], shown: TextRef): [TextRef, TextRef] | null {
  const other =
    versions.find((one) => one.own && one.kind === 'provider' && !same(one.ref, shown)) ??
    versions.findLast((one) => !same(one.ref, shown));
  if (!other) return null;
  const own = versions.find((one) => same(one.ref, shown));
  // The older one stands at the left.
  return own !== undefined && own.at < other.at ? [shown, other.ref] : [other.ref, shown];
}
