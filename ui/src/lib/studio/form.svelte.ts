// A form that is being filled in: what the user typed, which fields there are, and what is wrong with them.

import type { Entry, Fault, Form, FormField } from '../../bindings';
import { AppError, type Input } from '../ipc';
import { check, fieldsOf, isFilled, MODEL, modelOf, wrongWith } from './check';

/** Milliseconds after a form was sent in which the same thing is not sent again: a double press is one wish. */
const REST = 1500;

/** A field that is there only while another one has one of some values. The forms cannot say this of themselves. */
export interface Condition {
  /** The field that this is about. */
  name: string;
  while: string;
  is: readonly string[];
  /** Must be filled in then. */
  required: boolean;
}

export interface FormOptions {
  /** Decided elsewhere: not shown, and sent along where the form knows the field. */
  fixed?: Input;
  /** What it starts with. */
  start?: Input;
  conditions?: readonly Condition[];
  /** Shown elsewhere than among the fields. */
  hidden?: readonly string[];
}

interface Draft {
  /** Tells two fields of one name apart. */
  key: string;
  name: string;
  entry: Entry;
}

const keyOf = (field: FormField): string => [field.name, ...field.models].join('\n');

export class FormState {
  readonly form: Form;
  faults = $state.raw<Fault[]>([]);
  /** Being sent. */
  busy = $state(false);
  /** Why it was not taken, where that is no single field's fault. */
  error = $state.raw<AppError | null>(null);
  /** Counts the refusals, so that the first wrong field can take the focus each time. */
  refusals = $state(0);
  #fixed = $state.raw<Input>({});
  /** The newest last. Kept while the model is another one, so that they are there when it changes back. */
  #drafts = $state.raw<Draft[]>([]);
  readonly #conditions: readonly Condition[];
  readonly #hidden: readonly string[];
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(form: Form, options: FormOptions = {}) {
    this.form = form;
    this.#fixed = options.fixed ?? {};
    this.#conditions = options.conditions ?? [];
    this.#hidden = options.hidden ?? [];
    this.fill(options.start ?? {});
  }

  model = $derived.by((): string | null => modelOf(this.form, { [MODEL]: this.#chosenModel() ?? null }));

  /** All fields that count now, those that are decided elsewhere among them. */
  #all = $derived.by((): FormField[] =>
    fieldsOf(this.form, this.model).flatMap((field) => {
      const condition = this.#conditions.find((one) => one.name === field.name);
      if (!condition) return [field];
      if (!condition.is.includes(this.#text(condition.while))) return [];
      return [{ ...field, required: field.required || condition.required }];
    }),
  );

  /** The fields to show. */
  fields = $derived(this.#all.filter(({ name }) => !(name in this.#fixed) && !this.#hidden.includes(name)));

  /** What one costs in the provider's unit; none where it is not published. */
  cost = $derived.by((): number | null => this.form.costs[this.model ?? ''] ?? this.form.costs[''] ?? null);

  /** What would be sent. */
  input = $derived.by((): Input => {
    const input: Input = {};
    for (const field of this.#all) {
      const entry = this.#fixed[field.name] ?? this.entry(field) ?? (field.required ? field.default : null);
      if (isFilled(entry ?? undefined)) input[field.name] = entry;
    }
    return input;
  });

  /** Something was typed. */
  touched = $derived(this.#drafts.length > 0);

  field(name: string): FormField | undefined {
    return this.#all.find((field) => field.name === name);
  }

  /** What the user put into a field; what was put into one of the same name for another model, where it fits. */
  entry(field: FormField): Entry {
    const key = keyOf(field);
    const own = this.#drafts.findLast((draft) => draft.key === key);
    if (own) return own.entry;
    const fits = ({ name, entry }: Draft): boolean =>
      name === field.name && isFilled(entry) && wrongWith(field, entry, Number.NEGATIVE_INFINITY) === null;
    return this.#drafts.findLast(fits)?.entry ?? null;
  }

  /** What a field shows: the entry, else what the provider takes without one. */
  shown(field: FormField): Entry {
    return this.entry(field) ?? field.default;
  }

  fault(name: string): Fault | undefined {
    return this.faults.find((fault) => fault.field === name);
  }

  set(field: FormField, entry: Entry): void {
    const key = keyOf(field);
    this.#drafts = [...this.#drafts.filter((draft) => draft.key !== key), { key, name: field.name, entry }];
    this.faults = this.faults.filter((fault) => fault.field !== field.name);
    this.error = null;
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }

  /** The same by the field's name; nothing where there is no such field now. */
  put(name: string, entry: Entry): void {
    const field = this.field(name);
    if (field) this.set(field, entry);
  }

  /** Fills fields in by their names, for whichever models they are. */
  fill(input: Input): void {
    const model = input[MODEL];
    const drafts: Draft[] = [];
    for (const field of this.form.fields) {
      const entry = input[field.name];
      if (!isFilled(entry)) continue;
      if (field.models.length > 0 && typeof model === 'string' && !field.models.includes(model)) continue;
      drafts.push({ key: keyOf(field), name: field.name, entry });
    }
    const filled = new Set(drafts.map((draft) => draft.key));
    this.#drafts = [...this.#drafts.filter((draft) => !filled.has(draft.key)), ...drafts];
    this.faults = [];
    this.error = null;
    this.#sentAt = Number.NEGATIVE_INFINITY;
  }

  /** Decides fields from outside. */
  fix(fixed: Input): void {
    this.#fixed = fixed;
  }

  /** Empties every field. */
  clear(): void {
    this.#drafts = [];
    this.faults = [];
    this.error = null;
  }

  /** Whether anything is wrong with it. What is, is shown. */
  isRight(): boolean {
    this.faults = check(this.#all, this.input, Date.now());
    if (this.faults.length > 0) this.refusals += 1;
    return this.faults.length === 0;
  }

  /** Sends what is filled in, once, if nothing is wrong with it. Answers with what came back, or with nothing. */
  async submit<Result>(send: (input: Input) => Promise<Result>): Promise<{ value: Result } | null> {
    if (this.busy || performance.now() - this.#sentAt < REST) return null;
    const input = this.input;
    this.error = null;
    if (!this.isRight()) return null;
    this.busy = true;
    try {
      const value = await send(input);
      this.#sentAt = performance.now();
      return { value };
    } catch (err) {
      this.error = err instanceof AppError ? err : new AppError('internal', String(err));
      if (this.error.code === 'faults') this.faults = this.error.faults;
      this.refusals += 1;
      return null;
    } finally {
      this.busy = false;
    }
  }

  #chosenModel(): Entry {
    return this.#fixed[MODEL] ?? this.#drafts.findLast((draft) => draft.name === MODEL)?.entry ?? null;
  }

  /** The text that a field has now, its default among it. */
  #text(name: string): string {
    const fixed = this.#fixed[name];
    if (typeof fixed === 'string') return fixed;
    const field = fieldsOf(this.form, this.model).find((one) => one.name === name);
    const shown = field ? this.shown(field) : null;
    return typeof shown === 'string' ? shown : '';
  }
}
