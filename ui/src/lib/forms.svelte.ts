// What the operations take besides a link, and what they cost where that depends on it.

import type { Form, FormField, Operation, ProviderId } from '../bindings';
import { ipc } from './ipc';

export class Forms {
  all = $state.raw<Form[]>([]);

  of(provider: ProviderId, operation: Operation): Form | undefined {
    return this.all.find((form) => form.provider === provider && form.operation === operation);
  }

  /** A field of the form, where the operation takes it. */
  field(provider: ProviderId, operation: Operation, name: string): FormField | undefined {
    return this.of(provider, operation)?.fields.find((field) => field.name === name);
  }

  /** The published price of one, in the provider's unit; for all models where none is named. */
  cost(provider: ProviderId, operation: Operation, model: string | null = null): number | null {
    return this.of(provider, operation)?.costs[model ?? ''] ?? null;
  }

  async load(): Promise<void> {
    this.all = await ipc.forms();
  }
}
