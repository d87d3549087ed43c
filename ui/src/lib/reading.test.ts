import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Comparison, TaskDetail, Transcript, TranscriptKind } from '../bindings';
import type * as door from './ipc';
import { AppError, ipc } from './ipc';
import { DEFAULTS } from './preferences.svelte';
import { Reading } from './reading.svelte';

vi.mock('./ipc', async (original) => {
  const { AppError } = await original<typeof door>();
  return { AppError, ipc: { compare: vi.fn(), previewTidy: vi.fn() } };
});

const compare = vi.mocked(ipc.compare);
const preview = vi.mocked(ipc.previewTidy);
const result = (text: string): Comparison => ({ pieces: [{ kind: 'same', text }], differences: 0, words: [1, 1] });
const version = (number: number, kind: TranscriptKind): Transcript => ({ version: number, kind, text: `第 ${number} 版`, words: 3, incomplete: false, created_at: number });

let transcripts: Transcript[];
const reading = (): Reading => new Reading(() => ({ task: { id: 9, provider: 'momoget' }, transcripts, same_video: [] }) as unknown as TaskDetail);

beforeEach(() => {
  transcripts = [version(1, 'provider'), version(2, 'tidied'), version(3, 'edited')];
  compare.mockReset();
  preview.mockReset();
});

describe('the text on the sheet', () => {
  it('is the newest until an older one is looked at', () => {
    const page = reading();
    expect(page.shown?.version).toBe(3);
    page.look(1);
    expect(page.shown?.version).toBe(1);
    expect(page.older).toBe(true);
    page.look(3);
    expect(page.version).toBeNull();
    expect(page.older).toBe(false);
  });

  it('is the newest where the one that was looked at is gone', () => {
    const page = reading();
    page.look(7);
    expect(page.shown?.version).toBe(3);
    expect(page.older).toBe(false);
  });
});

describe('comparing', () => {
  it('takes the answer of the newest question only', async () => {
    const waiting: ((value: Comparison) => void)[] = [];
    compare.mockImplementation(() => new Promise((done) => waiting.push(done)));
    const page = reading();
    const first = page.compare([{ task: 9, version: 1 }, { task: 9, version: 2 }]);
    const second = page.compare([{ task: 9, version: 1 }, { task: 9, version: 3 }]);
    waiting[1]?.(result('second'));
    waiting[0]?.(result('first'));
    await Promise.all([first, second]);
    expect(page.result).toEqual(result('second'));
  });

  it('says why it failed', async () => {
    compare.mockRejectedValue(new AppError('database_busy', 'invented'));
    const page = reading();
    await page.compare();
    expect(page.mode).toBe('compare');
    expect(page.failed).toBe('database_busy');
    expect(page.result).toBeNull();
  });

  it('is nothing where there is one text', async () => {
    transcripts = [version(1, 'provider')];
    const page = reading();
    expect(await page.compare()).toBe(false);
    expect(page.mode).toBe('read');
  });
});

describe('the preview of tidying', () => {
  it('starts from the newest text that is not tidied, and keeps the last answer until the next is here', async () => {
    preview.mockResolvedValueOnce(result('one'));
    const page = reading();
    page.look(2);
    await page.tidy(DEFAULTS.tidy);
    expect(preview.mock.calls[0]?.[0]).toEqual({ task: 9, version: 1 });
    preview.mockReturnValueOnce(new Promise(() => undefined));
    void page.tidy({ ...DEFAULTS.tidy, spaces: true });
    expect(page.result).toEqual(result('one'));
  });

  it('is left without a trace, also by an answer that comes late', async () => {
    let done: (value: Comparison) => void = () => undefined;
    preview.mockImplementation(() => new Promise((resolve) => (done = resolve)));
    const page = reading();
    const asked = page.tidy(DEFAULTS.tidy);
    page.read();
    done(result('late'));
    await asked;
    expect(page.mode).toBe('read');
    expect(page.result).toBeNull();
  });
});
