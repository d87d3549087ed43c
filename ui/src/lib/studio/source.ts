// What a form may ask for while it is filled in.

import type { Item, Uploaded } from '../../bindings';

/** Things to choose from, as far as they are read. */
export interface Choosable {
  readonly items: readonly Item[];
  readonly reading: boolean;
  readonly error: unknown;
  /** Reads them, if they have not been read yet. */
  want(): void;
  load(): Promise<void>;
}

export interface FormSource {
  /** Lets the user pick a file of these media types and sends it to the provider; none when nothing was picked. */
  upload(media: readonly string[]): Promise<Uploaded | null>;
  /** The items of a collection of the form's provider; none where there is no such collection. */
  items(of: string): Choosable | null;
}
