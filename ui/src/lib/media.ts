// Videos, pictures and sounds as the page can show them.

import type { Media, TaskId } from '../bindings';
import { ipc } from './ipc';

/** The file with its type, from Rust: the page itself asks no host for anything. */
export async function mediaBlob(task: TaskId, media: Media): Promise<Blob> {
  // One after the other: the first call fetches the file, the second finds it there.
  const bytes = await ipc.media(task, media);
  return new Blob([bytes], { type: await ipc.mediaType(task, media) });
}
