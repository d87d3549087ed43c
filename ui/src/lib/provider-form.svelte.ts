// What the user types into a provider's card, before it is saved.

import type { FieldView, ProviderView } from '../bindings';
import { rowsOf } from './rows';

/** Fields that most people never touch; they are folded away where the provider does not need them. */
const ADVANCED = ['base_url'];

function isAdvanced(field: FieldView): boolean {
  return ADVANCED.includes(field.name) && !field.required;
}

/** Every row has what it needs. */
function rowsComplete(field: FieldView, text: string): boolean {
  const needed = field.columns.filter((column) => column.required);
  return needed.length === 0 || rowsOf(text).every((row) => needed.every((column) => (row[column.name] ?? '') !== ''));
}

export class ProviderForm {
  /** By field name. A secret stands here only while it is being typed. */
  drafts = $state<Record<string, string>>({});
  readonly #view: () => ProviderView;

  constructor(view: () => ProviderView) {
    this.#view = view;
  }

  get plain(): FieldView[] {
    return this.#view().fields.filter((field) => !isAdvanced(field));
  }

  get advanced(): FieldView[] {
    return this.#view().fields.filter(isAdvanced);
  }

  /** What would be sent: only fields that differ from what is saved. */
  get changes(): Record<string, string> {
    const entries = this.#view().fields.flatMap((field): [string, string][] => {
      const typed = this.drafts[field.name];
      if (typed === undefined) return [];
      const value = typed.trim();
      const same = field.secret ? value === '' : value === (field.value ?? '');
      return same ? [] : [[field.name, value]];
    });
    return Object.fromEntries(entries);
  }

  get dirty(): boolean {
    return Object.keys(this.changes).length > 0;
  }

  /** Every required field has a saved or a typed value. */
  get complete(): boolean {
    const changes = this.changes;
    return this.#view().fields.every((field) => {
      const typed = changes[field.name];
      if (typed !== undefined && !rowsComplete(field, typed)) return false;
      if (!field.required) return true;
      return (typed ?? (field.secret ? (field.configured ? 'saved' : '') : (field.value ?? ''))) !== '';
    });
  }

  type(name: string, value: string): void {
    this.drafts[name] = value;
  }

  keep(name: string): void {
    delete this.drafts[name];
  }

  /** Forgets what was typed: after saving, or when it is given up. */
  reset(): void {
    this.drafts = {};
  }
}
