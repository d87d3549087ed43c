// The user's settings, and what they do to the page.

import type { Settings } from '../bindings';
import { ipc } from './ipc';
import { resolveLanguage, setLanguage } from './messages.svelte';

export const DEFAULTS: Settings = {
  language: 'system',
  theme: 'system',
  provider: null,
  operation: 'transcribe',
  proxy: 'system',
  follow_short_links: true,
  download_folder: null,
  order: {},
  failover: false,
  tidy: { time_stamps: true, speakers: false, join_lines: true, paragraphs: true, widths: true, spaces: false, fillers: false, filler_words: [] },
  saved_searches: [],
  search_order: 'newest',
  export: { format: 'txt', each: false, template: null },
  proxies: {},
  font_size: 100,
  close: 'ask',
  notify: true,
  clipboard_offer: false,
  shortcut: null,
  check_updates: true,
};

export class Preferences {
  value = $state.raw<Settings>(DEFAULTS);

  /** The system's language, for the setting that follows it. */
  #system: Settings['language'] = 'system';

  begin(settings: Settings, system = this.#system): void {
    this.#system = system;
    this.value = settings;
    const { language, theme } = settings;
    setLanguage(resolveLanguage(language, system));
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    // Where everything is drawn smaller, thin lines are not.
    root.style.setProperty('--hair', `${Math.max(1, 100 / settings.font_size)}px`);
  }

  async load(system: Settings['language']): Promise<void> {
    this.begin(await ipc.settings(), system);
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
