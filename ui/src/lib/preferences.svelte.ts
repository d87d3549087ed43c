// The user's settings, and what they do to the page.

import type { Settings } from '../bindings';
import { ipc } from './ipc';
import { resolveLanguage, setLanguage } from './messages.svelte';

/** The settings with none left open. */
export type Complete = Required<Settings>;

const DEFAULTS: Complete = { language: 'system', theme: 'system', provider: null, operation: 'transcribe', proxy: 'system' };

export class Preferences {
  value = $state.raw<Complete>(DEFAULTS);

  begin(settings: Settings): void {
    this.value = { ...DEFAULTS, ...settings };
    const { language, theme } = this.value;
    setLanguage(resolveLanguage(language, navigator.languages));
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
  }

  async load(): Promise<void> {
    this.begin(await ipc.settings());
  }

  /** Shows a change at once, then saves it; takes it back where that failed. */
  async change(change: Partial<Settings>): Promise<void> {
    const before = this.value;
    this.begin({ ...before, ...change });
    try {
      this.begin(await ipc.saveSettings(this.value));
    } catch (err) {
      this.begin(before);
      throw err;
    }
  }
}
