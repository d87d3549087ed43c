// Small pictures of the works, so that a wall of two hundred holds no two hundred videos.

import type { TaskId, Work } from '../../bindings';
import { ipc } from '../ipc';
import { mediaBlob } from '../media';

/** Widest side of a small picture, in pixels: twice that of a card, for dense screens. */
const WIDEST = 480;
/** Milliseconds after which a video that shows nothing is given up. */
const PATIENCE = 8000;

export class Posters {
  #made = $state.raw<Readonly<Record<string, string>>>({});
  readonly #asked = new Set<string>();
  /** One after the other: each of them loads a whole file. */
  #queue: Promise<void> = Promise.resolve();

  of(task: TaskId, index: number): string | null {
    return this.#made[`${task} ${index}`] ?? null;
  }

  /** Makes the picture of a work that came into sight, once. */
  want(task: TaskId, index: number, work: Work): void {
    const key = `${task} ${index}`;
    if (this.#asked.has(key) || (work.kind === 'music' && work.cover_url === null)) return;
    this.#asked.add(key);
    this.#queue = this.#queue.then(async () => {
      try {
        const made = await poster(task, index, work);
        if (made !== null) this.#made = { ...this.#made, [key]: made };
      } catch {
        // A poster is an ornament: without it the card stands plain, and playing says what is wrong.
      }
    });
  }

  clear(): void {
    this.#made = {};
    this.#asked.clear();
  }
}

async function poster(task: TaskId, index: number, work: Work): Promise<string | null> {
  if (work.cover_url !== null) {
    const cover = await ipc.picture(work.cover_url);
    if (cover?.startsWith('data:image/')) return cover;
  }
  if (work.kind === 'music') return null;
  const url = URL.createObjectURL(await mediaBlob(task, { kind: 'work', index }));
  try {
    return work.kind === 'image' ? await pictureAt(url) : await frameAt(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function pictureAt(url: string): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return small(image, image.naturalWidth, image.naturalHeight);
}

async function frameAt(url: string): Promise<string> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.src = url;
  try {
    await once(video, 'loadeddata');
    // The very first frame is often black.
    if (video.duration > 0.4) {
      video.currentTime = 0.3;
      await once(video, 'seeked');
    }
    return small(video, video.videoWidth, video.videoHeight);
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

function once(video: HTMLVideoElement, event: 'loadeddata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the video shows nothing')), PATIENCE);
    video.addEventListener(event, () => (clearTimeout(timer), resolve()), { once: true });
    video.addEventListener('error', () => (clearTimeout(timer), reject(new Error('the video cannot be shown'))), { once: true });
  });
}

function small(source: CanvasImageSource, width: number, height: number): string {
  const scale = Math.min(1, WIDEST / Math.max(width, height, 1));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/jpeg', 0.82);
}
