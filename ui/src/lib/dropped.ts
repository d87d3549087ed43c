// What was dropped on the window: text and links as they are, files by their text. `dataTransfer` is empty after the
// event, so everything is taken out of it before anything is waited for. On Linux the files come from Rust instead.

import type { DroppedFile } from '../bindings';
import { t } from './messages.svelte';

/** What goes into the box, or why nothing does. */
export type Dropped = { text: string } | { refused: string };

/** Bytes. A thousand share texts are a fifth of it. */
const LARGEST = 1_000_000;
const READ = /\.(?:txt|md|markdown|csv)$/i;
const MEDIA = /\.(?:mp4|mov|m4v|mkv|avi|flv|webm|wmv|mp3|m4a|aac|wav|flac|ogg|jpe?g|png|gif|webp|heic|bmp)$/i;

/** A file, from wherever it came. */
interface Named {
  name: string;
  /** Bytes; none where it cannot be read. */
  size: number | null;
  bytes: () => Promise<Uint8Array>;
}

/** Whether it holds something that may go into the box. */
export function mayDrop(transfer: DataTransfer | null): boolean {
  return transfer !== null && ['Files', 'text/uri-list', 'text/plain'].some((type) => transfer.types.includes(type));
}

/** Call it while the event is being handled. */
export async function dropped(transfer: DataTransfer): Promise<Dropped> {
  const files = [...transfer.files].map((file): Named => ({ name: file.name, size: file.size, bytes: async () => new Uint8Array(await file.arrayBuffer()) }));
  const uris = transfer.getData('text/uri-list');
  const plain = transfer.getData('text/plain');
  return files.length > 0 ? textOf(files) : words(uris, plain);
}

/** The same for what Rust has read. */
export async function droppedFiles(files: readonly DroppedFile[]): Promise<Dropped> {
  return textOf(files.map(({ name, size, content }) => ({ name, size: content === null && (size ?? 0) <= LARGEST ? null : size, bytes: () => Promise.resolve(new Uint8Array(content ?? [])) })));
}

function words(uris: string, plain: string): Dropped {
  const lines = uris.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const links = lines.filter((line) => /^https?:\/\//i.test(line));
  // A dragged selection has its text beside the links in it.
  const text = plain.trim() === '' ? links.join('\n') : plain;
  if (text.trim() !== '' && !/^file:\/\//i.test(text.trim())) return { text };
  return { refused: t(lines.length > 0 || text !== '' ? 'desk.drop.unreadable' : 'desk.drop.nothing') };
}

async function textOf(files: readonly Named[]): Promise<Dropped> {
  const texts: string[] = [];
  for (const file of files) {
    const read = await textOfOne(file);
    if ('refused' in read) return read;
    texts.push(read.text.trim());
  }
  const text = texts.filter((one) => one !== '').join('\n');
  return text === '' ? { refused: t('desk.drop.empty', { name: files[0]?.name ?? '' }) } : { text };
}

async function textOfOne({ name, size, bytes }: Named): Promise<Dropped> {
  if (!READ.test(name)) return { refused: t(MEDIA.test(name) ? 'desk.drop.media' : 'desk.drop.kind', { name }) };
  if (size === null) return { refused: t('desk.drop.unreadable') };
  if (size > LARGEST) return { refused: t('desk.drop.large', { name }) };
  try {
    const text = decoded(await bytes());
    return text === null ? { refused: t('desk.drop.no_text', { name }) } : { text };
  } catch {
    // A folder, or a file that went away.
    return { refused: t('desk.drop.unreadable') };
  }
}

/** UTF-8, UTF-16 with its mark, else the Chinese encoding that older Windows programs write; none for no text at all. */
export function decoded(bytes: Uint8Array): string | null {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  for (const encoding of mark ? [mark] : ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? null : text;
    } catch {
      // The next one, if there is one.
    }
  }
  return null;
}
