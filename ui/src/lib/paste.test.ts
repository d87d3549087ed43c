import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Chip, Detection, Platform, ProviderView } from '../bindings';
import { ipc } from './ipc';
import { Paste, tornLinks } from './paste.svelte';
import { Providers } from './providers.svelte';

vi.mock('./ipc', () => ({ ipc: { detectLinks: vi.fn(), resolveLinks: vi.fn() } }));

const asked = vi.mocked(ipc.detectLinks);
const followed = vi.mocked(ipc.resolveLinks);

function chip(code: string, over: Partial<Chip> = {}): Chip {
  const url = `https://v.douyin.com/${code}/`;
  return { link: { url, platform: 'douyin', kind: 'short', id: null, canonical: null, title: null }, known: null, not_a_work: false, ...over };
}

const known = { task: 7, state: 'succeeded' as const, title: null, created_at: 0 };

function detection(chips: Chip[], over: Partial<Detection> = {}): Detection {
  return { chips, duplicates: 0, notice: chips.length > 0 ? null : 'no_link', spans: [], ...over };
}

const provider = (platforms: Platform[]): ProviderView => ({ id: 'momoget', platforms }) as unknown as ProviderView;
const box = (asking: () => ProviderView | undefined = () => undefined): Paste => new Paste(() => 'transcribe', asking);
const codes = (paste: Paste): string[] => paste.urls.map((url) => url.split('/').at(-2) ?? '');

beforeEach(() => {
  asked.mockReset();
  followed.mockReset().mockRejectedValue(new Error('offline'));
});

describe('what would be submitted', () => {
  it('is every new work, and neither a known one nor a profile', async () => {
    asked.mockResolvedValue(detection([chip('a'), chip('b', { known }), chip('c', { not_a_work: true })]));
    const paste = box();
    await paste.set('text');
    expect(codes(paste)).toEqual(['a']);
  });

  it('holds a known one that the user wants again, and names it', async () => {
    asked.mockResolvedValue(detection([chip('a'), chip('b', { known })]));
    const paste = box();
    await paste.set('text');
    paste.setAgain('https://v.douyin.com/b/', true);
    expect(paste.submission('momoget', 'transcribe', { target: null, input: {}, shares: () => false })).toMatchObject({
      share_text: 'text',
      urls: ['https://v.douyin.com/a/', 'https://v.douyin.com/b/'],
      again: ['https://v.douyin.com/b/'],
    });
  });

  it('leaves out what was removed, until that is taken back', async () => {
    asked.mockResolvedValue(detection([chip('a'), chip('b')]));
    const paste = box();
    await paste.set('text');
    paste.remove('https://v.douyin.com/a/');
    expect(codes(paste)).toEqual(['b']);
    paste.putBack('https://v.douyin.com/a/');
    expect(codes(paste)).toEqual(['a', 'b']);
  });
});

describe('a site', () => {
  const on = (code: string, platform: Platform): Chip => {
    const plain = chip(code);
    return { ...plain, link: { ...plain.link, platform } };
  };

  it('that the provider does not serve is not submitted, until one is chosen that may', async () => {
    asked.mockResolvedValue(detection([on('a', 'douyin'), on('b', 'tiktok')]));
    const providers = new Providers();
    providers.begin([provider(['douyin'])]);
    const paste = box(() => providers.all[0]);
    await paste.set('text');
    expect([codes(paste), paste.unserved.length]).toEqual([['a'], 1]);
    providers.begin([provider([])]);
    expect([codes(paste), paste.unserved.length]).toEqual([['a', 'b'], 0]);
  });

  it('that nobody knows is never submitted', async () => {
    asked.mockResolvedValue(detection([on('a', 'other')]));
    const paste = box(() => provider([]));
    await paste.set('text');
    expect([codes(paste), paste.refusal(on('a', 'other'))]).toEqual([[], 'unknown_site']);
  });
});

describe('an answer', () => {
  it('that comes after a newer one is not shown', async () => {
    let slow: (value: Detection) => void = () => undefined;
    asked.mockReturnValueOnce(new Promise((done) => (slow = done))).mockResolvedValueOnce(detection([chip('new')]));
    const paste = box();
    const first = paste.set('old');
    await paste.set('old and new');
    slow(detection([chip('old')]));
    await first;
    expect([codes(paste), paste.settled]).toEqual([['new'], true]);
  });

  it('is waited for before a submission', async () => {
    let slow: (value: Detection) => void = () => undefined;
    asked.mockReturnValueOnce(new Promise((done) => (slow = done)));
    const paste = box();
    void paste.set('text');
    const settled = paste.settle();
    expect(paste.settled).toBe(false);
    slow(detection([chip('a')]));
    await settled;
    expect(codes(paste)).toEqual(['a']);
  });
});

describe('the box', () => {
  it('shows what looks like a key as dots, until the user says it is none', async () => {
    asked.mockResolvedValue(detection([], { notice: 'looks_like_secret' }));
    const paste = box();
    await paste.set('something');
    expect(paste.masked).toBe(true);
    paste.unmasked = true;
    expect([paste.masked, paste.notice]).toEqual([false, null]);
  });

  it('comes back as it was when a clearing is undone', async () => {
    asked.mockResolvedValue(detection([chip('a'), chip('b')]));
    const paste = box();
    await paste.set('text');
    paste.remove('https://v.douyin.com/a/');
    const undo = paste.clear();
    expect([paste.text, paste.detection]).toEqual(['', null]);
    undo();
    await paste.settle();
    expect([paste.text, codes(paste)]).toEqual(['text', ['b']]);
  });

  it('takes a second paste below the first', async () => {
    asked.mockResolvedValue(detection([]));
    const paste = box();
    await paste.add('one');
    await paste.add('two');
    expect(paste.text).toBe('one\ntwo');
  });
});

describe('a short link', () => {
  it('is followed, and its video counts as known from then on', async () => {
    asked.mockResolvedValue(detection([chip('a'), chip('b')]));
    followed.mockResolvedValue(detection([chip('a'), chip('b', { known })]));
    const paste = box();
    await paste.set('text');
    expect(codes(paste)).toEqual(['a', 'b']);
    await paste.settle();
    expect(codes(paste)).toEqual(['a']);
    expect(followed).toHaveBeenCalledTimes(1);
  });

  it('that cannot be followed is submitted as it is', async () => {
    asked.mockResolvedValue(detection([chip('a')]));
    const paste = box();
    await paste.set('text');
    await paste.settle();
    expect(codes(paste)).toEqual(['a']);
  });

  it('holds up a submission for a moment only', async () => {
    vi.useFakeTimers();
    asked.mockResolvedValue(detection([chip('a')]));
    followed.mockReturnValue(new Promise(() => undefined));
    const paste = box();
    await paste.set('text');
    const settled = vi.fn();
    void paste.settle().then(settled);
    await vi.advanceTimersByTimeAsync(1000);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(settled).toHaveBeenCalled();
    vi.useRealTimers();
  });

  it('that hangs does not hide what was learned of another', async () => {
    vi.useFakeTimers();
    asked.mockResolvedValueOnce(detection([chip('a'), chip('b')])).mockResolvedValueOnce(detection([chip('a'), chip('b', { known })]));
    followed.mockReturnValue(new Promise(() => undefined));
    const paste = box();
    await paste.set('text');
    const settled = paste.settle();
    await vi.advanceTimersByTimeAsync(3000);
    await settled;
    expect(codes(paste)).toEqual(['a']);
    vi.useRealTimers();
  });
});

describe('a short link that was torn apart', () => {
  it('is counted, unless it was found all the same', () => {
    const text = '看 https://v.douyin.com/b1/ 和 https://v.douyin.com/iRk3xQ7_p2A/';
    expect(tornLinks(text, [[20, 50]])).toBe(1);
    expect(tornLinks(text, [[0, 50]])).toBe(0);
  });

  it('is not a site that is only named', () => {
    expect(tornLinks('去 v.douyin.com 看看，b23.tv 也行', [])).toBe(0);
  });
});
