// What is asked about the links in the box, besides the operation and the provider.

import type { Operation, ProviderView } from '../bindings';
import type { Forms } from './forms.svelte';
import type { Input } from './ipc';
import { workflowsFor, type Workflow } from './workflows';

/** The field of an analysis that takes a question. */
const QUESTION = 'prompt';
/** The field that names one of the user's workflows. */
const WORKFLOW = 'workflow';

/** The languages that TranscriptGenerate names in its document; it serves more, and lists them nowhere. */
const LANGUAGES = ['en', 'ja', 'ko', 'zh', 'fr', 'de', 'es'] as const;

export class Ask {
  question = $state('');
  /** The id of the workflow; none for the first that fits. */
  workflow = $state<string | null>(null);
  /** The language to translate into; none for that of the video. */
  language = $state<string | null>(null);
  /** Several links in one create call, where the provider takes them. */
  together = $state(false);
  readonly #operation: () => Operation;
  readonly #provider: () => ProviderView | undefined;
  readonly #forms: Forms;

  constructor(operation: () => Operation, provider: () => ProviderView | undefined, forms: Forms) {
    this.#operation = operation;
    this.#provider = provider;
    this.#forms = forms;
  }

  /** Characters that a question may have; none where nothing may be asked. */
  get longest(): number | null {
    const provider = this.#provider();
    const operation = this.#operation();
    if (!provider || operation !== 'analyze') return null;
    const field = this.#forms.field(provider.id, operation, QUESTION);
    return field ? (field.longest ?? Infinity) : null;
  }

  get tooLong(): boolean {
    return this.longest !== null && [...this.question.trim()].length > this.longest;
  }

  /** The workflows to choose among. */
  get workflows(): Workflow[] {
    return workflowsFor(this.#provider(), this.#operation());
  }

  /** The one that will run. */
  get picked(): Workflow | undefined {
    return this.workflows.find((one) => one.id === this.workflow) ?? this.workflows[0];
  }

  /** The languages that may be asked for; none where nothing is translated. */
  get languages(): readonly string[] {
    return this.#provider()?.id === 'transcriptgenerate' && this.#operation() === 'transcribe' ? LANGUAGES : [];
  }

  /** The language of the submission. */
  get target(): string | null {
    return this.language !== null && this.languages.includes(this.language) ? this.language : null;
  }

  /** Links that one create call may take. */
  get batch(): number {
    return this.#operation() === 'transcribe' ? (this.#provider()?.batch ?? 1) : 1;
  }

  /** Create calls that `links` take. */
  calls(links: number): number {
    return this.together ? Math.ceil(links / this.batch) : links;
  }

  /** Several of `links` would share a create call. */
  shares(links: number): boolean {
    return this.together && this.batch > 1 && links > 1;
  }

  get input(): Input {
    const input: Input = {};
    const question = this.question.trim();
    if (this.longest !== null && question !== '') input[QUESTION] = question;
    // Where there is no choice, the provider's own rule holds.
    if (this.workflows.length > 1 && this.picked) input[WORKFLOW] = this.picked.id;
    return input;
  }

  /** Forgets what was about the links that are gone. */
  clear(): void {
    this.question = '';
    this.together = false;
  }
}
