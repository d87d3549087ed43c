// Short messages above everything. One at a time; one that can be undone stays longer.

/** Milliseconds that a toast stays. */
const SHORT = 3000;
const UNDOABLE = 8000;

export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'fail';
  /** What takes it back, where something can. */
  undo: (() => void) | null;
}

export class Toasts {
  current = $state.raw<Toast | null>(null);
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, undo: (() => void) | null = null): void {
    this.#put({ id: ++this.#last, text, tone: 'done', undo });
  }

  fail(text: string): void {
    this.#put({ id: ++this.#last, text, tone: 'fail', undo: null });
  }

  /** Takes the shown one back. Answers whether there was something to take back. */
  undo(): boolean {
    const undo = this.current?.undo;
    if (!undo) return false;
    this.close();
    undo();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.current = null;
  }

  /** Keeps the shown one while the pointer or the focus is on it. */
  hold(): void {
    clearTimeout(this.#timer);
  }

  release(): void {
    const toast = this.current;
    if (toast !== null) this.#put(toast);
  }

  #put(toast: Toast): void {
    clearTimeout(this.#timer);
    this.current = toast;
    const stay = toast.undo || toast.tone === 'fail' ? UNDOABLE : SHORT;
    this.#timer = setTimeout(() => {
      if (this.current?.id === toast.id) this.current = null;
    }, stay);
  }
}
