// The providers as their cards show them. No secret is ever in here.

import type { Operation, Platform, ProviderId, ProviderView } from '../bindings';
import { AppError, ipc } from './ipc';
import { ProviderForm } from './provider-form.svelte';
import { isKeychainCode, type KeychainCode } from './words';

/** A save that the keychain refused, kept so that it can be tried again without typing again. */
interface Refused {
  id: ProviderId;
  values: Record<string, string>;
  code: KeychainCode;
}

/** Whether a provider may serve a site: one without a list decides that itself, a site that nobody knows is never sent. */
export function serves(provider: ProviderView, platform: Platform): boolean {
  return platform !== 'other' && (provider.platforms.length === 0 || provider.platforms.includes(platform));
}

export class Providers {
  all = $state.raw<ProviderView[]>([]);
  loaded = $state(false);
  /** Set while a save waits for the keychain. */
  refused = $state.raw<Refused | null>(null);
  /** The one chosen on the page of the first start; none while the user leaves it as it is. */
  picked = $state<ProviderId | null>(null);
  /** What is being typed, by provider: kept while the user looks elsewhere, until it is saved or discarded. */
  readonly #forms = new Map<ProviderId, ProviderForm>();

  provider(id: ProviderId | null): ProviderView | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** Those that can do `operation` and have all they need. */
  ready(operation: Operation): ProviderView[] {
    return this.all.filter((provider) => provider.ready && provider.operations.includes(operation));
  }

  /** Another one than `id` that could do the same for this site right now; none for what takes a form. */
  instead(id: ProviderId, operation: Operation, platform: Platform | null): ProviderView | undefined {
    if (platform === null) return undefined;
    return this.ready(operation).find((provider) => provider.id !== id && serves(provider, platform));
  }

  /** Whether another one than `id` does the same for this site, set up or not. */
  hasOther(id: ProviderId, operation: Operation, platform: Platform | null): boolean {
    if (platform === null) return false;
    return this.all.some((provider) => provider.id !== id && provider.operations.includes(operation) && serves(provider, platform));
  }

  form(provider: ProviderView): ProviderForm {
    const known = this.#forms.get(provider.id);
    if (known) return known;
    const form = new ProviderForm(() => this.provider(provider.id) ?? provider);
    this.#forms.set(provider.id, form);
    return form;
  }

  begin(all: ProviderView[]): void {
    this.all = all;
    this.loaded = true;
  }

  /** Forgets what was typed, for another store. */
  clear(): void {
    this.refused = null;
    this.picked = null;
    for (const form of this.#forms.values()) form.reset();
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
      this.#forms.get(id)?.reset();
      this.#replace(saved);
      return saved;
    } catch (err) {
      // A row that is filled in wrongly is, on a card, a field that is.
      if (err instanceof AppError && err.code === 'faults') throw new AppError('invalid_field', err.message);
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

  /** Sets the user's own bound for a day; none takes it away. */
  async limit(id: ProviderId, limit: number | null): Promise<void> {
    this.#replace(await ipc.saveDailyLimit(id, limit));
  }

  /** Lets today pass the bound. */
  async liftLimit(id: ProviderId): Promise<void> {
    this.#replace(await ipc.liftDailyLimit(id));
  }

  async forget(id: ProviderId): Promise<void> {
    this.#replace(await ipc.forgetProvider(id));
    this.#forms.get(id)?.reset();
  }

  #replace(provider: ProviderView): void {
    this.all = this.all.map((one) => (one.id === provider.id ? provider : one));
  }
}
