// What comes to the window from around it: the close button, the clipboard, other programs, and what this desktop can.

import type { Desktop, DroppedFile, Offer, Settings, TaskId, Wish } from '../bindings';
import { ipc } from './ipc';

export class Surroundings {
  /** What this desktop lets the program do; none until it has been asked. */
  can = $state.raw<Desktop | null>(null);
  /** Copied elsewhere, and offered to be extracted. */
  offer = $state.raw<Offer | null>(null);
  /** Another program wants this to be extracted. */
  wish = $state.raw<Wish | null>(null);
  /** Belongs into the paste box: the keys from anywhere met something that only the user can decide. */
  text = $state.raw<string | null>(null);
  /** Files were dropped on the window, and Rust has read them. */
  files = $state.raw<DroppedFile[] | null>(null);
  /** The close button was pressed for the first time: what does it do? */
  closing = $state(false);

  /** Listens first, then reads what came before the page was there. */
  async start(called: (task: TaskId) => void): Promise<void> {
    await ipc.onClipboardOffered((offer) => (this.offer = offer));
    await ipc.onCloseAsked(() => (this.closing = true));
    await ipc.onWished((wish) => (this.wish = wish));
    await ipc.onFilesDropped((files) => (this.files = files));
    await ipc.onTextCalled((text) => (this.text = text));
    await ipc.onTaskCalled(called);
    const [offer, wish] = await Promise.all([ipc.offered(), ipc.wished()]);
    this.offer ??= offer;
    this.wish ??= wish;
  }

  /** With its window closed the program goes on, and says when it is done. */
  goesOn({ close, notify }: Pick<Settings, 'close' | 'notify'>): boolean {
    return this.can?.tray === true && close !== 'quit' && notify;
  }

  /** Asks anew what this desktop can: a tray may have come or gone. */
  async learn(): Promise<void> {
    this.can = await ipc.desktop();
  }

  async setAutostart(on: boolean): Promise<void> {
    this.can = await ipc.setAutostart(on);
  }

  /** The answer is kept, so that it is asked once. */
  async answerClose(choice: 'tray' | 'quit'): Promise<void> {
    this.closing = false;
    await ipc.answerClose(choice, true);
  }

  /** Not this text again. */
  async decline(): Promise<void> {
    this.offer = null;
    await ipc.declineOffer();
  }

  /** Takes the offered text, which is not offered again then. */
  async take(): Promise<string> {
    const text = this.offer?.text ?? '';
    await this.decline();
    return text;
  }
}
