import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Desktop, Offer, TaskId, Wish } from '../bindings';
import { Surroundings } from './desktop.svelte';
import { ipc } from './ipc';

vi.mock('./ipc', () => ({
  ipc: Object.fromEntries(
    ['onClipboardOffered', 'onCloseAsked', 'onWished', 'onFilesDropped', 'onTextCalled', 'onTaskCalled', 'offered', 'wished', 'desktop', 'setAutostart', 'answerClose', 'declineOffer'].map((name) => [name, vi.fn()]),
  ),
}));

const offer: Offer = { text: '看看 https://v.douyin.com/1/', links: [] };
const wish: Wish = { text: '看看 https://v.douyin.com/2/' };

let say: { offered: (offer: Offer | null) => void; closed: () => void; wished: (wish: Wish) => void; called: (id: TaskId) => void; texted: (text: string) => void };

beforeEach(() => {
  vi.resetAllMocks();
  const listened = Promise.resolve(() => undefined);
  vi.mocked(ipc.onClipboardOffered).mockImplementation((offered) => ((say = { ...say, offered }), listened));
  vi.mocked(ipc.onCloseAsked).mockImplementation((closed) => ((say = { ...say, closed }), listened));
  vi.mocked(ipc.onWished).mockImplementation((wished) => ((say = { ...say, wished }), listened));
  vi.mocked(ipc.onTextCalled).mockImplementation((texted) => ((say = { ...say, texted }), listened));
  vi.mocked(ipc.onTaskCalled).mockImplementation((called) => ((say = { ...say, called }), listened));
  vi.mocked(ipc.offered).mockResolvedValue(null);
  vi.mocked(ipc.wished).mockResolvedValue(null);
});

async function started(called: (id: TaskId) => void = () => undefined): Promise<Surroundings> {
  const desktop = new Surroundings();
  await desktop.start(called);
  return desktop;
}

describe('a closed window', () => {
  const can = (tray: boolean): Desktop => ({ tray, shortcuts: true, shortcut_taken: false, autostart: false, owned_by: null, system: 'linux' });

  it('leaves a program that says when it is done, where there is a tray and the user wants it', () => {
    const desktop = new Surroundings();
    expect(desktop.goesOn({ close: 'tray', notify: true })).toBe(false);
    desktop.can = can(true);
    expect(desktop.goesOn({ close: 'tray', notify: true })).toBe(true);
    expect(desktop.goesOn({ close: 'quit', notify: true })).toBe(false);
    expect(desktop.goesOn({ close: 'tray', notify: false })).toBe(false);
    desktop.can = can(false);
    expect(desktop.goesOn({ close: 'tray', notify: true })).toBe(false);
  });
});

describe('what comes from around the window', () => {
  it('is there also when it came before the page', async () => {
    vi.mocked(ipc.offered).mockResolvedValue(offer);
    vi.mocked(ipc.wished).mockResolvedValue(wish);
    const desktop = await started();
    expect(desktop.offer).toEqual(offer);
    expect(desktop.wish).toEqual(wish);
  });

  it('is the newer one where it came while the page asked', async () => {
    vi.mocked(ipc.wished).mockImplementation(() => {
      say.wished(wish);
      return Promise.resolve({ text: 'older' });
    });
    expect((await started()).wish).toEqual(wish);
  });

  it('goes away when the clipboard holds something else', async () => {
    const desktop = await started();
    say.offered(offer);
    say.offered(null);
    expect(desktop.offer).toBeNull();
  });

  it('may be a text for the box', async () => {
    const desktop = await started();
    say.texted(offer.text);
    expect(desktop.text).toBe(offer.text);
  });

  it('opens the task that was clicked', async () => {
    const called = vi.fn();
    await started(called);
    say.called(7);
    expect(called).toHaveBeenCalledWith(7);
  });
});

describe('the offer', () => {
  it('is never made again once it was taken', async () => {
    const desktop = await started();
    say.offered(offer);
    expect(await desktop.take()).toBe(offer.text);
    expect(desktop.offer).toBeNull();
    expect(ipc.declineOffer).toHaveBeenCalledOnce();
  });
});

describe('the close button', () => {
  it('asks, and its answer is remembered', async () => {
    const desktop = await started();
    say.closed();
    expect(desktop.closing).toBe(true);
    await desktop.answerClose('tray');
    expect(desktop.closing).toBe(false);
    expect(ipc.answerClose).toHaveBeenCalledWith('tray', true);
  });
});

it('what the desktop can is what it says after a change', async () => {
  const desktop = await started();
  const can = { tray: true, autostart: true } as Desktop;
  vi.mocked(ipc.setAutostart).mockResolvedValue(can);
  await desktop.setAutostart(true);
  expect(desktop.can).toEqual(can);
});
