// How it stands with newer versions of the program.

import type { Update } from '../bindings';
import { ipc } from './ipc';

export class Updates {
  value = $state.raw<Update | null>(null);

  async start(): Promise<void> {
    await ipc.onUpdateChanged((update) => (this.value = update));
    this.value = await ipc.update();
  }

  async check(): Promise<void> {
    this.value = { state: 'checking' };
    this.value = await ipc.checkUpdate();
  }

  async install(): Promise<void> {
    this.value = await ipc.installUpdate();
  }
}
