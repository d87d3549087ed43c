import { beforeEach, describe, expect, it } from 'vitest';
import { decoded, dropped, droppedFiles, mayDrop } from './dropped';
import { setLanguage } from './messages.svelte';

const link = 'https://v.douyin.com/iRk3xQ7_p2A/';

function carrying(data: Record<string, string>, files: File[] = []): DataTransfer {
  return { files, types: [...Object.keys(data), ...(files.length > 0 ? ['Files'] : [])], getData: (type: string) => data[type] ?? '' } as unknown as DataTransfer;
}

const file = (name: string, content: BlobPart): File => new File([content], name);

beforeEach(() => setLanguage('zh-CN'));

describe('what is dropped', () => {
  it('is taken as it is where it is text', async () => {
    expect(await dropped(carrying({ 'text/plain': `看看 ${link}` }))).toEqual({ text: `看看 ${link}` });
  });

  it('is a link where it has nothing but that', async () => {
    expect(await dropped(carrying({ 'text/uri-list': `# a page\r\n${link}\r\n` }))).toEqual({ text: link });
  });

  it('is the text of its files, below each other', async () => {
    expect(await dropped(carrying({}, [file('一.txt', `${link}\n`), file('b.MD', '第二条')]))).toEqual({ text: `${link}\n第二条` });
  });

  it('is refused by the name of a file of another kind', async () => {
    expect(await dropped(carrying({}, [file('a.txt', link), file('成片.mp4', 'x')]))).toEqual({
      refused: '“成片.mp4”不是文字。拾文按链接提取，把它的分享链接粘进来。',
    });
    expect(await dropped(carrying({}, [file('a.docx', 'x')]))).toEqual({ refused: '“a.docx”读不了，只读 TXT、MD 和 CSV。' });
  });

  it('is refused where it is very large, empty or no text', async () => {
    expect(await dropped(carrying({}, [file('a.txt', 'x'.repeat(1_000_001))]))).toEqual({ refused: '“a.txt”太大了，最多 1 MB。' });
    expect(await dropped(carrying({}, [file('a.txt', ' \n')]))).toEqual({ refused: '“a.txt”是空的。' });
    expect(await dropped(carrying({}, [file('a.txt', new Uint8Array([0x50, 0x4b, 0, 1]))]))).toEqual({ refused: '“a.txt”里不是文字，或者编码认不出来。' });
  });

  it('never puts the path of a file into the box', async () => {
    const path = 'file:///data/user/a.mp4';
    expect(await dropped(carrying({ 'text/uri-list': path, 'text/plain': path }))).toHaveProperty('refused');
  });

  it('is the text of the files that Rust has read', async () => {
    const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
    const read = (name: string, text: string) => ({ name, size: bytes(text).length, content: bytes(text) });
    expect(await droppedFiles([read('一.txt', link), read('二.csv', '红烧肉')])).toEqual({ text: `${link}\n红烧肉` });
    expect(await droppedFiles([read('成片.mp4', 'x')])).toHaveProperty('refused', '“成片.mp4”不是文字。拾文按链接提取，把它的分享链接粘进来。');
    expect(await droppedFiles([{ name: 'a.txt', size: 1_000_001, content: null }])).toHaveProperty('refused', '“a.txt”太大了，最多 1 MB。');
    expect(await droppedFiles([{ name: 'a.txt', size: null, content: null }])).toHaveProperty('refused');
  });

  it('may be dropped where it is text, a link or a file', () => {
    expect(mayDrop(carrying({ 'text/plain': 'x' }))).toBe(true);
    expect(mayDrop(carrying({ 'application/x-own': 'x' }))).toBe(false);
    expect(mayDrop(null)).toBe(false);
  });
});

describe('the text of a file', () => {
  it('is read in the encodings that Chinese files have', () => {
    expect(decoded(new TextEncoder().encode('红烧肉'))).toBe('红烧肉');
    expect(decoded(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
    expect(decoded(new Uint8Array([0xba, 0xec, 0xc9, 0xd5, 0xc8, 0xe2]))).toBe('红烧肉');
    expect(decoded(new Uint8Array([0xff, 0xfe, 0xa2, 0x7e]))).toBe('红');
  });

  it('is none where the bytes are no text', () => {
    expect(decoded(new Uint8Array([0xff, 0xff, 0xff]))).toBeNull();
  });
});
