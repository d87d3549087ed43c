// What the fields of the providers' cards are called, with their choices and the columns of their rows.

import type { FieldView, ProviderId } from '../bindings';
import { t, type MessageKey } from './messages.svelte';
import { keyDoubt } from './wrong-box';

/** A field that is not listed is shown by its own name. */
const names: Record<string, MessageKey | undefined> = {
  user_id: 'field.user_id',
  api_key: 'field.api_key',
  api_secret: 'field.api_secret',
  token: 'field.token',
  history_token: 'field.history_token',
  token_expires: 'field.token_expires',
  base_url: 'field.base_url',
  site: 'field.site',
  workflows: 'field.workflows',
  submit: 'field.submit',
};

export function fieldName(name: string): string {
  const key = names[name];
  return key ? t(key) : name;
}

const hints: Record<string, MessageKey | undefined> = {
  history_token: 'field.history_token.hint',
  token_expires: 'field.token_expires.hint',
  workflows: 'field.workflows.hint',
  submit: 'field.submit.hint',
  'jimeng.base_url': 'field.jimeng.base_url.hint',
};

/** A word of advice below a field. */
export function fieldHint(provider: string, name: string): string | null {
  const key = hints[`${provider}.${name}`] ?? hints[name];
  return key ? t(key) : null;
}

/** What is odd about what is typed into a key field. */
export function fieldDoubt(provider: ProviderId, field: FieldView, draft: string | undefined): string | null {
  const key = field.secret && draft !== undefined ? keyDoubt(provider, field.name, draft) : null;
  return key && t(key);
}

/** What stands in an empty field: how its value looks. */
export function fieldSample(name: string): string | undefined {
  if (name === 'token_expires') return t('field.token_expires.sample');
  return name === 'base_url' ? t('field.base_url.sample') : undefined;
}

/** A field that is on or off. */
export function isSwitch(choices: readonly string[]): boolean {
  return choices.length === 2 && choices.includes('on') && choices.includes('off');
}

const columns: Record<string, MessageKey | undefined> = {
  name: 'column.name',
  id: 'column.id',
  input: 'column.input',
  gives: 'column.gives',
  run: 'column.run',
};

export function columnName(name: string): string {
  const key = columns[name];
  return key ? t(key) : name;
}

const choices: Record<string, MessageKey | undefined> = {
  'gives.transcript': 'column.gives.transcript',
  'gives.info': 'column.gives.info',
  'run.async': 'column.run.async',
  'run.sync': 'column.run.sync',
  'run.stream': 'column.run.stream',
};

export function columnChoice(name: string, choice: string): string {
  const key = choices[`${name}.${choice}`];
  return key ? t(key) : choice;
}
