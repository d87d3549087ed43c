import { describe, expect, it } from 'vitest';
import type { FieldView, ProviderView } from '../bindings';
import { ProviderForm } from './provider-form.svelte';

const field = (name: string, over: Partial<FieldView> = {}): FieldView => ({
  name,
  secret: false,
  required: false,
  value: null,
  configured: false,
  last4: null,
  choices: [],
  columns: [],
  ...over,
});

const form = (...fields: FieldView[]): ProviderForm => new ProviderForm(() => ({ fields }) as ProviderView);

describe('a provider’s card', () => {
  it('sends only what was changed', () => {
    const card = form(field('token', { secret: true, configured: true }), field('input', { value: 'input' }), field('site', { value: 'cn' }));
    card.type('input', 'input');
    card.type('site', 'com');
    expect(card.changes).toEqual({ site: 'com' });
  });

  it('keeps a saved secret that was opened and left empty', () => {
    const card = form(field('token', { secret: true, configured: true, required: true }));
    card.type('token', '  ');
    expect([card.dirty, card.complete]).toEqual([false, true]);
  });

  it('trims what was pasted', () => {
    const card = form(field('token', { secret: true, required: true }));
    card.type('token', ' abc \n');
    expect(card.changes).toEqual({ token: 'abc' });
  });

  it('is complete once each required field has a saved or typed value', () => {
    const card = form(field('token', { secret: true, required: true }), field('flow', { required: true }));
    card.type('token', 'abc');
    expect(card.complete).toBe(false);
    card.type('flow', '7431');
    expect(card.complete).toBe(true);
  });

  it('is complete only once each row has what it needs', () => {
    const columns = [{ name: 'id', required: true, choices: [] }, { name: 'name', required: false, choices: [] }] as unknown as FieldView['columns'];
    const card = form(field('workflows', { required: true, columns }));
    card.type('workflows', '[{"id":"1"},{"name":"口播"}]');
    expect(card.complete).toBe(false);
    card.type('workflows', '[{"id":"1"},{"id":"2","name":"口播"}]');
    expect(card.complete).toBe(true);
  });

  it('folds an address away unless it is needed', () => {
    expect(form(field('base_url')).plain).toEqual([]);
    expect(form(field('base_url', { required: true })).plain.map((one) => one.name)).toEqual(['base_url']);
  });

  it('forgets what was typed when it is given up', () => {
    const card = form(field('token', { secret: true }));
    card.type('token', 'abc');
    card.reset();
    expect([card.dirty, card.drafts]).toEqual([false, {}]);
  });
});
