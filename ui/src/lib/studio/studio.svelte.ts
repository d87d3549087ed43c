// What the studio knows: the forms of the services that are set up, their collections, works and research.

import type { Collection, Form, Item, Operation, ProviderId, ProviderView, Task, TaskChange, TaskId } from '../../bindings';
import { Detail } from '../detail.svelte';
import type { Forms } from '../forms.svelte';
import { ipc, type Input } from '../ipc';
import { Tasks } from '../tasks.svelte';
import { MODEL } from './check';
import { endingsOf } from './endings';
import { FormState, type FormOptions } from './form.svelte';
import { Posters } from './posters.svelte';
import { Shelf } from './shelf.svelte';
import type { FormSource } from './source';
import { missingParents } from './works';

export type StudioTab = 'generate' | 'research' | 'library' | 'posts';
export type MakeOperation = Extract<Operation, 'generate_video' | 'generate_image' | 'generate_music'>;

/** A provider that can make something, with one of its models. */
export interface Maker {
  /** Unique: provider and model. */
  key: string;
  provider: ProviderId;
  model: string | null;
}

const keyOf = (provider: ProviderId, model: string | null): string => [provider, model ?? ''].join(' ');

export class Studio {
  tab = $state<StudioTab>('generate');
  /** What is to be made. */
  making = $state<MakeOperation>('generate_video');
  /** In a window too narrow for both, the forms or the sheet are shown. */
  pane = $state<'side' | 'sheet'>('side');
  /** The work that lies open; none for the wall. */
  readonly work = new Detail();
  /** The search or plan that lies open. */
  readonly finding = new Detail();
  /** Where is looked: among the videos of TikTok, or in the library of viral ones. */
  looking = $state<'scrape' | 'viral'>('scrape');
  /** What the library of viral videos answered last. */
  viral = $state.raw<{ query: string; items: readonly Item[] } | null>(null);
  /** The collection that lies open in the library. */
  shelfName = $state<string | null>(null);
  /** The item of it that lies open. */
  itemId = $state<string | null>(null);
  /** What is done in the library: an item is made or changed. */
  filling = $state<'create' | 'update' | null>(null);
  /** What is done with a post: a new one, or a change of one. */
  posting = $state.raw<{ verb: 'create' | 'update' | 'reschedule'; item: Item | null } | null>(null);
  collections = $state.raw<readonly Collection[]>([]);
  /** The forms and collections have been read. */
  loaded = $state(false);
  failed = $state(false);
  readonly works = new Tasks('works');
  readonly research = new Tasks('research');
  readonly posters = new Posters();
  /** On the page of the open work, a version is being added. */
  editing = $state(false);
  /** Originals that lie behind what was read, though an edit of theirs was. */
  #parents = $state.raw<readonly Task[]>([]);
  readonly #asked = new Set<TaskId>();
  /** The chosen provider for each thing to make. Its model is filled into its form. */
  #chosen = $state.raw<Partial<Record<MakeOperation, ProviderId>>>({});
  /** What is being filled in: kept while the user looks elsewhere. */
  readonly #filled = new Map<string, FormState>();
  readonly #shelves = new Map<string, Shelf>();
  readonly #forms: Forms;
  readonly #providers: () => readonly ProviderView[];
  #begun = false;

  constructor(forms: Forms, providers: () => readonly ProviderView[]) {
    this.#forms = forms;
    this.#providers = providers;
  }

  /** All works that are there to be shown, newest first. */
  tasks = $derived.by((): readonly Task[] => {
    const known = new Set(this.works.all.map((task) => task.id));
    const missing = this.#parents.filter((task) => !known.has(task.id));
    return missing.length === 0 ? this.works.all : [...this.works.all, ...missing].toSorted((one, other) => other.id - one.id);
  });

  /** Reads everything the first time that the studio is looked at. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.load();
  }

  async load(): Promise<void> {
    if (!this.#begun) return;
    await Promise.all([this.reload(), this.works.load(), this.research.load()]);
    void this.#readParents();
  }

  /** Reads forms and collections: a provider may have been set up or forgotten. */
  async reload(): Promise<void> {
    if (!this.#begun) return;
    try {
      const [collections] = await Promise.all([ipc.collections(), this.#forms.load()]);
      this.collections = collections;
      this.loaded = true;
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  async loadMore(): Promise<void> {
    await this.works.loadMore();
    void this.#readParents();
  }

  apply(changes: readonly TaskChange[]): void {
    if (!this.#begun) return;
    this.works.apply(changes);
    this.research.apply(changes);
    this.work.apply(changes);
    this.finding.apply(changes);
    for (const change of changes) {
      if (change.kind === 'saved') {
        this.#parents = this.#parents.map((task) => (task.id === change.task.id ? change.task : task));
      } else if (change.kind === 'removed') {
        this.#parents = this.#parents.filter((task) => task.id !== change.id);
      }
    }
    void this.#readParents();
  }

  /** Forgets everything, for another store. */
  clear(): void {
    this.#begun = false;
    this.loaded = false;
    this.collections = [];
    void this.work.open(null);
    void this.finding.open(null);
    this.viral = null;
    this.shelfName = null;
    this.itemId = null;
    this.filling = null;
    this.posting = null;
    this.#parents = [];
    this.#asked.clear();
    this.#chosen = {};
    this.#filled.clear();
    for (const shelf of this.#shelves.values()) shelf.close();
    this.#shelves.clear();
    this.posters.clear();
    this.works.clear();
    this.research.clear();
  }

  /** Shows the page of a work, with the form for another version open where one is wanted. */
  show(id: TaskId | null, editing = false): void {
    this.editing = editing;
    this.pane = 'sheet';
    void this.work.open(id);
  }

  task(id: TaskId): Task | undefined {
    return this.tasks.find((task) => task.id === id) ?? this.research.task(id);
  }

  /** What a provider that is set up takes for an operation. */
  form(operation: Operation, provider: ProviderId | null = null): Form | undefined {
    return this.#ready(operation).find((form) => provider === null || form.provider === provider);
  }

  /** Everything that can make this right now, by provider and model. */
  makers(operation: MakeOperation): Maker[] {
    return this.#ready(operation).flatMap(({ provider, fields }) => {
      const models = fields.find((field) => field.name === MODEL)?.choices ?? [];
      const of = (model: string | null): Maker => ({ key: keyOf(provider, model), provider, model });
      return models.length === 0 ? [of(null)] : models.map(of);
    });
  }

  /** The form for making this at the chosen provider; none where no provider is set up for it. */
  maker(operation: MakeOperation): FormState | undefined {
    const form = this.form(operation, this.#chosen[operation] ?? null) ?? this.form(operation);
    return form && this.#maker(operation, form);
  }

  /** The provider and model that a form stands for, as `makers` names them. */
  keyOf(state: FormState): string {
    return keyOf(state.form.provider, state.model);
  }

  choose(operation: MakeOperation, maker: Maker): void {
    this.#chosen = { ...this.#chosen, [operation]: maker.provider };
    const form = this.form(operation, maker.provider);
    if (form && maker.model !== null) this.#maker(operation, form).put(MODEL, maker.model);
  }

  /** What is being filled in under a name. Made the first time, kept until another store. */
  filled(name: string, form: Form, options: FormOptions = {}): FormState {
    const known = this.#filled.get(name);
    // Read again, it is another object with the same in it.
    if (known && (known.form === form || JSON.stringify(known.form) === JSON.stringify(form))) return known;
    const made = new FormState(form, known ? { ...options, start: { ...options.start, ...known.input } } : options);
    this.#filled.set(name, made);
    return made;
  }

  /** Fills the form with what made a work, to change it and make another. */
  again(task: Task, input: Input): void {
    const operation = task.operation as MakeOperation;
    const form = this.form(operation, task.provider);
    if (!form) return;
    this.tab = 'generate';
    this.pane = 'side';
    this.making = operation;
    this.#chosen = { ...this.#chosen, [operation]: task.provider };
    const state = this.#maker(operation, form);
    state.clear();
    state.fill(task.model === null ? input : { [MODEL]: task.model, ...input });
  }

  /** The collections of the providers that are set up. */
  get ready(): readonly Collection[] {
    return this.collections.filter((one) => this.#providers().some((provider) => provider.id === one.provider && provider.ready));
  }

  shelf(name: string, provider: ProviderId | null = null): Shelf | null {
    const collection = this.ready.find((one) => one.name === name && (provider === null || one.provider === provider));
    if (!collection) return null;
    const key = `${collection.provider} ${name}`;
    const known = this.#shelves.get(key);
    if (known) return known;
    const made = new Shelf(collection);
    this.#shelves.set(key, made);
    return made;
  }

  /** Forgets what was filled in under a name. */
  drop(name: string): void {
    this.#filled.delete(name);
  }

  /** What the forms of a provider may ask for. */
  source(provider: ProviderId): FormSource {
    return {
      upload: (media) => ipc.uploadFile(provider, endingsOf(media)),
      items: (of) => this.shelf(of, provider),
    };
  }

  #ready(operation: Operation): Form[] {
    return this.#forms.all.filter((form) => {
      if (form.operation !== operation) return false;
      const provider = this.#providers().find((one) => one.id === form.provider);
      return provider !== undefined && provider.ready && provider.operations.includes(operation);
    });
  }

  #maker(operation: MakeOperation, form: Form): FormState {
    // A model stands for its own in the form: which one it is, is chosen with the provider.
    const models = form.fields.find((field) => field.name === MODEL);
    const start: Input = models ? { [MODEL]: models.default ?? models.choices[0] ?? null } : {};
    return this.filled(`${operation} ${form.provider}`, form, { start, hidden: [MODEL] });
  }

  async #readParents(): Promise<void> {
    const wanted = missingParents(this.tasks).filter((id) => !this.#asked.has(id));
    for (const id of wanted) this.#asked.add(id);
    const read = await Promise.allSettled(wanted.map((id) => ipc.task(id)));
    const found = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value.task] : []));
    if (found.length > 0) this.#parents = [...this.#parents, ...found];
  }
}
