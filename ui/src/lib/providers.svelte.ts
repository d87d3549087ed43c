// The providers as their cards show them. No secret is ever in here.

import type { Operation, ProviderId, ProviderView } from '../bindings';
import { AppError, ipc } from './ipc';
import { isKeychainCode, type KeychainCode } from './words';

/** A save that the keychain refused, kept so that it can be tried again without typing again. */
interface Refused {
  id: ProviderId;
  values: Record<string, string>;
  code: KeychainCode;
}

export class Providers {
  all = $state.raw<ProviderView[]>([]);
  loaded = $state(false);
  /** Set while a save waits for the keychain. */
  refused = $state.raw<Refused | null>(null);

  provider(id: ProviderId | null): ProviderView | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** Those that can do `operation` and have all they need. */
  ready(operation: Operation): ProviderView[] {
    return this.all.filter((provider) => provider.ready && provider.operations.includes(operation));
  }

  /** Another one than `id` that could do the same right now. */
  instead(id: ProviderId, operation: Operation): ProviderView | undefined {
    return this.ready(operation).find((provider) => provider.id !== id);
  }

  begin(all: ProviderView[]): void {
    this.all = all;
    this.loaded = true;
  }

  async load(): Promise<void> {
    this.begin(await ipc.providers());
  }

  /**
   * Saves the fields that changed. Answers with the new card, or with nothing where the keychain refused: then
   * `refused` says why.
   */
  async save(id: ProviderId, values: Record<string, string>, sessionOnly = false): Promise<ProviderView | null> {
    try {
      const saved = await ipc.saveProvider(id, values, sessionOnly);
      if (this.refused?.id === id) this.refused = null;
      this.#replace(saved);
      return saved;
    } catch (err) {
      if (!(err instanceof AppError) || !isKeychainCode(err.code)) throw err;
      this.refused = { id, values, code: err.code };
      return null;
    }
  }

  /** Tries the refused save again, in the keychain or for this run only. */
  async saveRefused(sessionOnly: boolean): Promise<ProviderView | null> {
    const refused = this.refused;
    return refused === null ? null : this.save(refused.id, refused.values, sessionOnly);
  }

  async test(id: ProviderId): Promise<ProviderView> {
    const tested = await ipc.testProvider(id);
    this.#replace(tested);
    return tested;
  }

  async forget(id: ProviderId): Promise<void> {
    this.#replace(await ipc.forgetProvider(id));
  }

  #replace(provider: ProviderView): void {
    this.all = this.all.map((one) => (one.id === provider.id ? provider : one));
  }
}
