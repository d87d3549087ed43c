// Short messages above everything. One at a time; one that can be undone stays longer.

/** Milliseconds that a toast stays. */
const SHORT = 3000;
const UNDOABLE = 8000;
/** Milliseconds after which it is said that something takes its time. */
const PATIENCE = 400;

export interface Toast {
  id: number;
  text: string;
  /** `note`: nothing was done, and nothing failed. `busy`: it is being done. */
  tone: 'done' | 'fail' | 'note' | 'busy';
  /** What takes it back, where something can. */
  undo: (() => void) | null;
  /** What else can be done about it. */
  act: { text: string; does: () => void } | null;
}

export class Toasts {
  current = $state.raw<Toast | null>(null);
  /** Takes the last act back, also when its toast has gone. */
  #undo: (() => void) | null = null;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `lasting`: it can be taken back until something else can, rather than only as long as the toast stays. */
  show(text: string, undo: (() => void) | null = null, lasting = false): void {
    if (undo !== null) this.#undo = lasting ? undo : null;
    this.#put({ id: ++this.#last, text, tone: 'done', undo, act: null });
  }

  fail(text: string): void {
    this.#put({ id: ++this.#last, text, tone: 'fail', undo: null, act: null });
  }

  /** Says something that is neither done nor failed. */
  note(text: string, act: Toast['act'] = null): void {
    this.#put({ id: ++this.#last, text, tone: 'note', undo: null, act });
  }

  /** Says that something is being done, if that takes a moment. It stays until the next one, which says how it ended. */
  busy(text: string): void {
    clearTimeout(this.#timer);
    this.current = null;
    this.#timer = setTimeout(() => (this.current = { id: ++this.#last, text, tone: 'busy', undo: null, act: null }), PATIENCE);
  }

  /** Takes the shown one back, else the last act. Answers whether there was something to take back. */
  undo(): boolean {
    const undo = this.current?.undo ?? this.#undo;
    if (!undo) return false;
    this.#undo = null;
    this.close();
    undo();
    return true;
  }

  /** The last act cannot be taken back any more. */
  forget(): void {
    this.#undo = null;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.current = null;
  }

  /** Keeps the shown one while the pointer or the focus is on it. */
  hold(): void {
    if (this.current?.tone !== 'busy') clearTimeout(this.#timer);
  }

  release(): void {
    const toast = this.current;
    if (toast !== null && toast.tone !== 'busy') this.#put(toast);
  }

  #put(toast: Toast): void {
    clearTimeout(this.#timer);
    this.current = toast;
    const stay = toast.undo || toast.tone === 'fail' || toast.tone === 'note' ? UNDOABLE : SHORT;
    this.#timer = setTimeout(() => {
      if (this.current?.id === toast.id) this.current = null;
    }, stay);
  }
}
