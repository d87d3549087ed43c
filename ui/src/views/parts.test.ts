import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import GhostRow from '../components/GhostRow.svelte';
import Later from './Later.svelte';
import { language, setLanguage } from '../lib/messages.svelte';
import { Part } from './parts.svelte';

describe('a part', () => {
  it('is brought once, however many ask for it', async () => {
    const load = vi.fn(async () => ({ GhostRow }));
    const part = new Part(load);
    await Promise.all([part.bring(), part.bring()]);
    await part.bring();
    expect(load).toHaveBeenCalledOnce();
    expect(part.here?.GhostRow).toBe(GhostRow);
  });

  it('that could not be brought is asked for again', async () => {
    const load = vi.fn(async () => ({ GhostRow })).mockRejectedValueOnce(new Error('not now'));
    const part = new Part(load);
    await expect(part.bring()).rejects.toThrow('not now');
    await part.bring();
    expect(part.here).not.toBeNull();
  });
});

describe('a view of a part', () => {
  afterEach(() => document.body.replaceChildren());

  it('is drawn at once where its part is here', async () => {
    const part = new Part(async () => ({ GhostRow }));
    await part.bring();
    const later = mount(Later<{ GhostRow: typeof GhostRow }, 'GhostRow'>, { target: document.body, props: { part, view: 'GhostRow' } });
    expect(document.body.querySelector('*')).not.toBeNull();
    await unmount(later);
  });

  it('brings its part, unless it only waits for it', async () => {
    const load = vi.fn(async () => ({ GhostRow }));
    const part = new Part(load);
    const waiting = mount(Later<{ GhostRow: typeof GhostRow }, 'GhostRow'>, { target: document.body, props: { part, view: 'GhostRow', waits: true } });
    expect(load).not.toHaveBeenCalled();
    const asking = mount(Later<{ GhostRow: typeof GhostRow }, 'GhostRow'>, { target: document.body, props: { part, view: 'GhostRow' } });
    expect(load).toHaveBeenCalledOnce();
    await Promise.all([unmount(waiting), unmount(asking)]);
  });
});

describe('a change of the language', () => {
  it('waits for the words of the other one where more than the first screen is shown', async () => {
    setLanguage('zh-CN');
    await new Part(async () => ({})).bring();
    setLanguage('en');
    expect(language()).toBe('zh-CN');
    await vi.waitFor(() => expect(language()).toBe('en'));
    expect(document.documentElement.lang).toBe('en');
  });

  it('that was taken back meanwhile leaves the language as it is', async () => {
    setLanguage('zh-CN');
    await vi.waitFor(() => expect(language()).toBe('zh-CN'));
    setLanguage('en');
    setLanguage('zh-CN');
    await new Promise((done) => setTimeout(done, 20));
    expect(language()).toBe('zh-CN');
  });
});
