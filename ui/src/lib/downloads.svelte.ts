// Files on their way to the user's folder. Rust owns them; this is a copy that follows its events.

import type { Download, Media, TaskId } from '../bindings';
import { ipc } from './ipc';

function same(one: Media, other: Media): boolean {
  if (one.kind === 'work' && other.kind === 'work') return one.index === other.index;
  return one.kind === other.kind;
}

export class Downloads {
  /** Newest first. */
  all = $state.raw<Download[]>([]);

  /** How many are under way. */
  running = $derived(this.all.filter((download) => download.state === 'running').length);

  /** The newest download of a file. */
  of(task: TaskId, media: Media): Download | undefined {
    return this.all.find((download) => download.task === task && same(download.media, media));
  }

  async load(): Promise<void> {
    this.apply(await ipc.downloads());
  }

  apply(changes: readonly Download[]): void {
    const all = new Map(this.all.map((download) => [download.id, download]));
    for (const change of changes) all.set(change.id, change);
    this.all = [...all.values()].sort((a, b) => b.id - a.id);
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.all = [];
  }

  async start(task: TaskId, media: Media): Promise<void> {
    this.apply([await ipc.startDownload(task, media)]);
  }

  async resume(id: number): Promise<void> {
    this.apply([await ipc.resumeDownload(id)]);
  }
}
