// Where the providers live, for the help page: the user's own address where there is one.

import type { ProviderView } from '../bindings';

/** The host that a provider is asked at; none where the user has to name it. */
export function hostOf(provider: ProviderView): string | null {
  const field = (name: string): string => provider.fields.find((one) => one.name === name)?.value ?? '';
  const address = field('base_url');
  if (URL.canParse(address)) return new URL(address).host;
  if (provider.id === 'coze') return `api.coze.${field('site') || 'cn'}`;
  return null;
}
