import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderView } from '../bindings';
import { AppError, ipc } from './ipc';
import { Providers } from './providers.svelte';

vi.mock('./ipc', async (original) => ({
  ...(await original<object>()),
  ipc: { saveProvider: vi.fn() },
}));

const view = (id: ProviderView['id'], over: Partial<ProviderView> = {}): ProviderView =>
  ({ id, name: id, ready: true, operations: ['transcribe'], platforms: [], fields: [], ...over }) as unknown as ProviderView;

const saving = vi.mocked(ipc.saveProvider);

beforeEach(() => saving.mockReset());

describe('a save that the keychain refuses', () => {
  it('keeps what was typed, so that it can be kept for this run only', async () => {
    const providers = new Providers();
    providers.begin([view('momoget', { ready: false })]);
    saving.mockRejectedValueOnce(new AppError('keychain_locked', 'locked'));
    expect(await providers.save('momoget', { user_id: 'abc' })).toBeNull();
    expect(providers.refused?.code).toBe('keychain_locked');
    saving.mockResolvedValueOnce(view('momoget', { session_only: true }));
    await providers.saveRefused(true);
    expect(saving.mock.calls[1]).toEqual(['momoget', { user_id: 'abc' }, true]);
    expect([providers.refused, providers.provider('momoget')?.session_only]).toEqual([null, true]);
  });

  it('is not forgotten when another provider is saved', async () => {
    const providers = new Providers();
    providers.begin([view('momoget'), view('coze')]);
    saving.mockRejectedValueOnce(new AppError('keychain_missing', 'none'));
    await providers.save('momoget', { user_id: 'abc' });
    saving.mockResolvedValueOnce(view('coze'));
    await providers.save('coze', { site: 'com' });
    expect(providers.refused?.id).toBe('momoget');
  });
});

it('any other failure of a save is thrown', async () => {
  saving.mockRejectedValueOnce(new AppError('invalid_field', 'bad'));
  await expect(new Providers().save('momoget', {})).rejects.toThrow('bad');
});

it('another provider is offered only where it is ready and can do the same', () => {
  const providers = new Providers();
  providers.begin([view('momoget'), view('coze', { ready: false }), view('transcriptgenerate')]);
  expect(providers.instead('momoget', 'transcribe', 'douyin')?.id).toBe('transcriptgenerate');
  expect(providers.instead('momoget', 'resolve', 'douyin')).toBeUndefined();
});

it('another provider that is not set up yet still counts as one', () => {
  const providers = new Providers();
  providers.begin([view('momoget'), view('coze', { ready: false }), view('rawugc', { operations: ['analyze'] })]);
  expect(providers.hasOther('momoget', 'transcribe', 'douyin')).toBe(true);
  expect(providers.hasOther('rawugc', 'analyze', 'douyin')).toBe(false);
});

it('another provider is offered only where it may serve the site', () => {
  const providers = new Providers();
  providers.begin([view('momoget', { platforms: ['douyin'] }), view('transcriptgenerate')]);
  expect(providers.instead('transcriptgenerate', 'transcribe', 'tiktok')).toBeUndefined();
  expect(providers.instead('momoget', 'transcribe', 'tiktok')?.id).toBe('transcriptgenerate');
  expect(providers.instead('momoget', 'transcribe', 'other')).toBeUndefined();
});

describe('what is being typed', () => {
  it('is kept until it is saved', async () => {
    const providers = new Providers();
    const fields = [{ name: 'user_id', secret: true, required: true, value: null, configured: false, last4: null, choices: [], columns: [] }];
    const card = view('momoget', { fields });
    providers.begin([card]);
    providers.form(card).type('user_id', 'abc');
    expect(providers.form(card).changes).toEqual({ user_id: 'abc' });
    saving.mockResolvedValueOnce(card);
    await providers.save('momoget', { user_id: 'abc' });
    expect(providers.form(card).dirty).toBe(false);
  });

  it('is forgotten on the way into another store', () => {
    const providers = new Providers();
    const card = view('momoget');
    providers.form(card).type('user_id', 'abc');
    providers.clear();
    expect(providers.form(card).drafts).toEqual({});
  });
});
