import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProviderView } from '../bindings';
import { AppError, ipc } from './ipc';
import { Providers } from './providers.svelte';

vi.mock('./ipc', async (original) => ({
  ...(await original<object>()),
  ipc: { saveProvider: vi.fn() },
}));

const view = (id: ProviderView['id'], over: Partial<ProviderView> = {}): ProviderView =>
  ({ id, name: id, ready: true, operations: ['transcribe'], fields: [], ...over }) as unknown as ProviderView;

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
  expect(providers.instead('momoget', 'transcribe')?.id).toBe('transcriptgenerate');
  expect(providers.instead('momoget', 'resolve')).toBeUndefined();
});
