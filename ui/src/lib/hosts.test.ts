import { expect, it } from 'vitest';
import type { ProviderView } from '../bindings';
import { hostOf } from './hosts';

const provider = (id: string, values: Record<string, string | null>): ProviderView =>
  ({ id, fields: Object.entries(values).map(([name, value]) => ({ name, value })) }) as unknown as ProviderView;

it('a provider lives at the address that is set', () => {
  expect(hostOf(provider('momoget', { base_url: 'https://www.momoget.cn/api/v1' }))).toBe('www.momoget.cn');
});

it('Coze lives at its site where no address is set', () => {
  expect(hostOf(provider('coze', { base_url: null, site: 'com' }))).toBe('api.coze.com');
});

it('a gateway that is not set up lives nowhere', () => {
  expect(hostOf(provider('jimeng', { base_url: '' }))).toBeNull();
});
