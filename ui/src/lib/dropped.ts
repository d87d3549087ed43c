// What was dropped on the window: text and links as they are, files by their text. `dataTransfer` is empty after the
// event, so everything is taken out of it before anything is waited for.

import { t } from './messages.svelte';

/** What goes into the box, or why nothing does. */
export type Dropped = { text: string } | { refused: string };

/** Bytes. A thousand share texts are a fifth of it. */
const LARGEST = 1_000_000;
const READ = /\.(?:txt|md|markdown|csv)$/i;
const MEDIA = /^(?:video|audio|image)\//;

/** Whether it holds something that may go into the box. */
export function mayDrop(transfer: DataTransfer | null): boolean {
  return transfer !== null && ['Files', 'text/uri-list', 'text/plain'].some((type) => transfer.types.includes(type));
}

/** Call it while the event is being handled. */
export async function dropped(transfer: DataTransfer): Promise<Dropped> {
  const files = [...transfer.files];
  const uris = transfer.getData('text/uri-list');
  const plain = transfer.getData('text/plain');
  return files.length > 0 ? textOf(files) : words(uris, plain);
}

function words(uris: string, plain: string): Dropped {
  const lines = uris.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const links = lines.filter((line) => /^https?:\/\//i.test(line));
  // A dragged selection has its text beside the links in it.
  const text = plain.trim() === '' ? links.join('\n') : plain;
  if (text.trim() !== '' && !/^file:\/\//i.test(text.trim())) return { text };
  return { refused: t(lines.length > 0 || text !== '' ? 'desk.drop.unreadable' : 'desk.drop.nothing') };
}

async function textOf(files: readonly File[]): Promise<Dropped> {
  const texts: string[] = [];
  for (const file of files) {
    const read = await textOfOne(file);
    if ('refused' in read) return read;
    texts.push(read.text.trim());
  }
  const text = texts.filter((one) => one !== '').join('\n');
  return text === '' ? { refused: t('desk.drop.empty', { name: files[0]?.name ?? '' }) } : { text };
}

async function textOfOne(file: File): Promise<Dropped> {
  const { name } = file;
  if (!READ.test(name)) return { refused: t(MEDIA.test(file.type) ? 'desk.drop.media' : 'desk.drop.kind', { name }) };
  if (file.size > LARGEST) return { refused: t('desk.drop.large', { name }) };
  try {
    const text = decoded(new Uint8Array(await file.arrayBuffer()));
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
