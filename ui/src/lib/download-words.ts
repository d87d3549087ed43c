// What the window says about a download.

import type { Download, DownloadFailure, DownloadState } from '../bindings';
import { bytes, duration } from './format';
import type { IconName } from './icons';
import { t, type MessageKey } from './messages.svelte';
import type { Tone } from './words';

/** The one thing to do about a download that failed. `renew` asks the provider for a new address, which costs. */
export type DownloadRemedy = 'renew' | 'resume' | 'retry' | 'open_video' | 'choose_folder';

const failures: Record<DownloadFailure, { text: MessageKey; remedy: DownloadRemedy }> = {
  expired: { text: 'download.expired', remedy: 'renew' },
  not_allowed: { text: 'download.not_allowed', remedy: 'open_video' },
  network: { text: 'download.network', remedy: 'resume' },
  not_the_file: { text: 'download.not_the_file', remedy: 'open_video' },
  too_large: { text: 'download.too_large', remedy: 'open_video' },
  disk_full: { text: 'download.disk_full', remedy: 'resume' },
  unwritable: { text: 'download.unwritable', remedy: 'choose_folder' },
};

export const downloadRemedies: Record<DownloadRemedy, MessageKey> = {
  renew: 'download.renew',
  resume: 'download.resume',
  retry: 'remedy.try_again',
  open_video: 'action.open_video',
  choose_folder: 'download.choose_folder',
};

const looks: Record<DownloadState, { icon: IconName; tone: Tone }> = {
  running: { icon: 'live', tone: 'live' },
  done: { icon: 'check', tone: 'done' },
  failed: { icon: 'fail', tone: 'fail' },
  cancelled: { icon: 'cancel', tone: 'off' },
};

export interface DownloadWords {
  icon: IconName;
  tone: Tone;
  /** How it stands: what came, of how much, why it failed. */
  text: string;
  /** How fast, and how long it still takes. */
  aside: string | null;
  /** Twentieths that are there; none where the host does not say how much there is. */
  cells: number | null;
  remedy: DownloadRemedy | null;
}

function amounts(download: Download): string {
  const received = bytes(download.received ?? 0);
  return download.total === null ? received : t('download.of', { received, total: bytes(download.total) });
}

function pace(download: Download): string | null {
  if (download.speed === null || download.speed <= 0) return null;
  const speed = t('download.speed', { size: bytes(download.speed) });
  if (download.total === null) return speed;
  const left = (download.total - (download.received ?? 0)) / download.speed;
  return t('download.pace', { speed, time: duration(Math.max(1, left)) });
}

export function downloadWords(download: Download): DownloadWords {
  const share = download.total ? (download.received ?? 0) / download.total : null;
  const words = { ...looks[download.state], aside: null, cells: null, remedy: null };
  switch (download.state) {
    case 'running':
      return {
        ...words,
        text: t('download.running', { amount: amounts(download) }),
        aside: pace(download),
        // The last one is left to the end.
        cells: share === null ? null : Math.min(19, Math.floor(share * 20)),
      };
    case 'done':
      return { ...words, text: t('download.done', { size: bytes(download.total ?? download.received ?? 0) }) };
    case 'cancelled':
      return { ...words, text: t('download.cancelled', { amount: amounts(download) }), remedy: 'resume' };
    case 'failed': {
      const cause = download.failure ?? 'network';
      // Where nothing came yet, nothing broke off and nothing is kept.
      if (cause === 'network' && (download.received ?? 0) === 0) return { ...words, text: t('download.network_none'), remedy: 'retry' };
      const failure = failures[cause];
      return { ...words, text: t(failure.text), remedy: failure.remedy };
    }
  }
}
