import { describe, expect, it, vi } from 'vitest';
import type { Form, FormField, Operation, ProviderView } from '../bindings';
import { Ask } from './ask.svelte';
import { Forms } from './forms.svelte';
import { rowsOf, textOfRows } from './rows';

vi.mock('./ipc', () => ({ ipc: {} }));

const rows = [
  { name: '口播', id: '7431000000000000001', gives: 'transcript' },
  { id: '7431000000000000002' },
  { name: '封面', id: '7431000000000000003', gives: 'info' },
];

const card = (over: Partial<ProviderView> = {}): ProviderView =>
  ({ id: 'coze', name: 'Coze', batch: 1, fields: [{ name: 'workflows', value: JSON.stringify(rows) }], ...over }) as ProviderView;

function ask(operation: Operation, provider: ProviderView, form?: Partial<Form>): Ask {
  const forms = new Forms();
  if (form) forms.all = [{ provider: provider.id, operation, fields: [], costs: {}, ...form }];
  return new Ask(
    () => operation,
    () => provider,
    forms,
  );
}

describe('the question of an analysis', () => {
  const fields = [{ name: 'prompt', longest: 5 } as FormField];
  const rawugc = card({ id: 'rawugc', fields: [] });

  it('is asked only where the form takes one, and only when something was typed', () => {
    const one = ask('analyze', rawugc, { fields });
    expect([one.longest, one.input]).toEqual([5, {}]);
    one.question = ' 开头 ';
    expect(one.input).toEqual({ prompt: '开头' });
    expect(ask('transcribe', rawugc, { fields }).longest).toBeNull();
  });

  it('is too long by characters, not by their parts', () => {
    const one = ask('analyze', rawugc, { fields });
    one.question = '😀😀😀😀😀';
    expect(one.tooLong).toBe(false);
    one.question = '😀😀😀😀😀😀';
    expect(one.tooLong).toBe(true);
  });
});

describe('the workflows to choose among', () => {
  it('are those that give what is asked for, by name or by number', () => {
    expect(ask('transcribe', card()).workflows.map((one) => one.name)).toEqual(['口播', '7431…0002']);
    expect(ask('resolve', card()).workflows.map((one) => one.name)).toEqual(['封面']);
  });

  it('are sent along only where there is a choice', () => {
    const one = ask('transcribe', card());
    expect(one.input).toEqual({ workflow: rows[0]?.id });
    one.workflow = rows[1]?.id ?? null;
    expect(one.input).toEqual({ workflow: rows[1]?.id });
    expect(ask('resolve', card()).input).toEqual({});
  });

  it('are none where the field holds something else', () => {
    const broken = card({ fields: [{ name: 'workflows', value: '{"id":1}' }] as ProviderView['fields'] });
    expect(ask('transcribe', broken).workflows).toEqual([]);
  });
});

describe('submitting together', () => {
  it('takes one call for as many links as the provider takes', () => {
    const one = ask('transcribe', card({ batch: 5, fields: [] }));
    expect([one.calls(7), one.shares(7)]).toEqual([7, false]);
    one.together = true;
    expect([one.calls(7), one.calls(5), one.shares(7), one.shares(1)]).toEqual([2, 1, true, false]);
  });

  it('is not offered where a call takes one link', () => {
    const one = ask('transcribe', card({ batch: 1, fields: [] }));
    one.together = true;
    expect([one.calls(7), one.shares(7)]).toEqual([7, false]);
  });
});

describe('a translation', () => {
  it('is asked for only where the provider translates', () => {
    const one = ask('transcribe', card({ id: 'transcriptgenerate', fields: [] }));
    one.language = 'en';
    expect(one.target).toBe('en');
    const other = ask('transcribe', card());
    other.language = 'en';
    expect(other.target).toBeNull();
  });
});

describe('rows of a field', () => {
  it('are read leniently and written without what is empty', () => {
    expect(rowsOf(null)).toEqual([]);
    expect(rowsOf('[{"id":"1","n":2},7,null]')).toEqual([{ id: '1' }]);
    expect(textOfRows([{ id: ' 1 ', name: '' }, { id: '', name: ' ' }])).toBe('[{"id":"1"}]');
    expect(textOfRows([{ id: '' }])).toBe('');
  });
});
