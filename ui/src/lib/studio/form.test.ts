import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry, Form, FormField } from '../../bindings';
import { AppError } from '../ipc';
import { check, wrongWith } from './check';
import { FormState } from './form.svelte';
import { endingsOf } from './endings';
import { choiceOf, isNamed, labelOf, standsOpen } from './form-words';

const field = (name: string, kind: FormField['kind'], over: Partial<FormField> = {}): FormField => ({
  name,
  kind,
  required: false,
  models: [],
  choices: [],
  default: null,
  longest: null,
  most: null,
  smallest: null,
  largest: null,
  of: null,
  media: [],
  ...over,
});

const sora = ['sora'];
const veo = ['veo', 'veo_fast'];
const video: Form = {
  provider: 'rawugc',
  operation: 'generate_video',
  fields: [
    field('model', 'choice', { required: true, choices: ['sora', 'veo', 'veo_fast'], default: 'sora' }),
    field('prompt', 'long_text', { required: true, longest: 5 }),
    field('aspectRatio', 'choice', { models: sora, choices: ['portrait', 'landscape'] }),
    field('aspectRatio', 'choice', { models: veo, choices: ['16:9', '9:16', 'Auto'] }),
    field('imageUrls', 'addresses', { models: veo, most: 2 }),
  ],
  costs: { sora: 5 },
};

const names = (form: FormState): string[] => form.fields.map((one) => one.name);
const named = (form: FormState, name: string): FormField => {
  const found = form.field(name);
  if (!found) throw new Error(`no field ${name}`);
  return found;
};

beforeEach(() => vi.restoreAllMocks());

describe('the fields', () => {
  it('are those of the model', () => {
    const form = new FormState(video);
    expect(names(form)).toEqual(['model', 'prompt', 'aspectRatio']);
    form.set(named(form, 'model'), 'veo');
    expect(names(form)).toEqual(['model', 'prompt', 'aspectRatio', 'imageUrls']);
    expect(named(form, 'aspectRatio').choices).toEqual(['16:9', '9:16', 'Auto']);
  });

  it('keep what was filled in until the model is back', () => {
    const form = new FormState(video);
    form.set(named(form, 'aspectRatio'), 'landscape');
    form.set(named(form, 'model'), 'veo');
    expect(form.entry(named(form, 'aspectRatio'))).toBeNull();
    form.set(named(form, 'aspectRatio'), '9:16');
    form.set(named(form, 'model'), 'sora');
    expect(form.input).toEqual({ model: 'sora', aspectRatio: 'landscape' });
  });

  it('of one name share what fits both', () => {
    const shared: Form = {
      ...video,
      fields: [
        ...video.fields.slice(0, 1),
        field('imageUrls', 'addresses', { models: sora, most: 10 }),
        field('imageUrls', 'addresses', { models: veo, most: 2 }),
      ],
    };
    const form = new FormState(shared);
    form.set(named(form, 'imageUrls'), ['https://a.example/1', 'https://a.example/2']);
    form.set(named(form, 'model'), 'veo');
    expect(form.input.imageUrls).toEqual(['https://a.example/1', 'https://a.example/2']);
    form.set(named(form, 'model'), 'sora');
    form.set(named(form, 'imageUrls'), ['https://a.example/1', 'https://a.example/2', 'https://a.example/3']);
    form.set(named(form, 'model'), 'veo');
    expect(form.input.imageUrls).toBeUndefined();
  });

  it('that are decided elsewhere are sent but not shown', () => {
    const form = new FormState(video, { fixed: { model: 'veo_fast', nobody: 'x' }, start: { prompt: 'a' } });
    expect(names(form)).toEqual(['prompt', 'aspectRatio', 'imageUrls']);
    expect(form.input).toEqual({ model: 'veo_fast', prompt: 'a' });
  });

  it('can depend on another field', () => {
    const post: Form = {
      provider: 'rawugc',
      operation: null,
      fields: [field('mode', 'choice', { required: true, choices: ['draft', 'schedule'] }), field('scheduledFor', 'time')],
      costs: {},
    };
    const form = new FormState(post, {
      conditions: [{ name: 'scheduledFor', while: 'mode', is: ['schedule'], required: true }],
      start: { mode: 'draft' },
    });
    expect(names(form)).toEqual(['mode']);
    form.set(named(form, 'mode'), 'schedule');
    expect(form.fields.at(-1)?.required).toBe(true);
  });

  it('are filled in again from what was sent', () => {
    const form = new FormState(video);
    form.fill({ model: 'veo', aspectRatio: '16:9', prompt: 'b' });
    expect(form.input).toEqual({ model: 'veo', prompt: 'b', aspectRatio: '16:9' });
  });
});

describe('what is sent', () => {
  it('holds a required default, and no other one', () => {
    const form = new FormState(video, { start: { prompt: 'a' } });
    expect(form.input).toEqual({ model: 'sora', prompt: 'a' });
    const music = new FormState({ ...video, fields: [field('instrumental', 'flag', { default: true })] });
    expect([music.input, music.shown(named(music, 'instrumental'))]).toEqual([{}, true]);
  });

  it('costs what its model costs', () => {
    const form = new FormState(video);
    expect(form.cost).toBe(5);
    form.set(named(form, 'model'), 'veo');
    expect(form.cost).toBeNull();
    expect(new FormState({ ...video, fields: [], costs: { '': 3 } }).cost).toBe(3);
  });
});

describe('sending', () => {
  it('does not happen while something is wrong', async () => {
    const form = new FormState(video);
    const send = vi.fn();
    expect(await form.submit(send)).toBeNull();
    expect([send.mock.calls.length, form.fault('prompt')?.kind, form.refusals]).toEqual([0, 'missing', 1]);
  });

  it('happens once for a double press, also when the answer was quick', async () => {
    const form = new FormState(video, { start: { prompt: 'a' } });
    const send = vi.fn(() => Promise.resolve(7));
    const both = [form.submit(send), form.submit(send)];
    expect(await Promise.all(both)).toEqual([{ value: 7 }, null]);
    expect(await form.submit(send)).toBeNull();
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('happens again once something is changed', async () => {
    const form = new FormState(video, { start: { prompt: 'a' } });
    const send = vi.fn(() => Promise.resolve(7));
    await form.submit(send);
    form.set(named(form, 'prompt'), 'b');
    expect(await form.submit(send)).toEqual({ value: 7 });
  });

  it('shows what Rust found at the fields', async () => {
    const form = new FormState(video, { start: { prompt: 'a' } });
    const fault = { field: 'prompt', kind: 'too_long' as const, limit: 3 };
    await form.submit(() => Promise.reject(new AppError('faults', '', { faults: [fault] })));
    expect([form.fault('prompt'), form.error?.code, form.busy]).toEqual([fault, 'faults', false]);
    form.set(named(form, 'prompt'), 'b');
    expect([form.fault('prompt'), form.error]).toEqual([undefined, null]);
  });

  it('keeps what was typed when it fails', async () => {
    const form = new FormState(video, { start: { prompt: 'a' } });
    await form.submit(() => Promise.reject(new AppError('refused_call', '')));
    expect([form.input.prompt, form.error?.code]).toEqual(['a', 'refused_call']);
  });
});

describe('a check', () => {
  const wrong = (over: FormField, entry: Exclude<Entry, null>): string | null => wrongWith(over, entry, 1000)?.kind ?? null;

  it('counts characters, not halves of them', () => {
    const text = field('t', 'long_text', { longest: 2 });
    expect([wrong(text, '😀😀'), wrong(text, '😀😀😀'), wrong(field('t', 'text', { longest: 2 }), ' ab ')]).toEqual([null, 'too_long', null]);
  });

  it('holds numbers to their bounds', () => {
    const size = field('n', 'whole', { smallest: 8, largest: 200 });
    expect([8, 200, 7, 201, 8.5, Number.NaN].map((value) => wrong(size, value))).toEqual([
      null,
      null,
      'too_small',
      'too_large',
      'not_whole',
      'wrong_kind',
    ]);
  });

  it('wants whole web addresses, and not too many', () => {
    const list = field('a', 'addresses', { most: 2 });
    expect([wrong(list, ['https://a.example', '']), wrong(list, ['ftp://a.example']), wrong(list, ['a', 'b', 'c'])]).toEqual([
      null,
      'not_an_address',
      'too_many',
    ]);
  });

  it('wants a time to come, unless it has bounds of its own', () => {
    expect([wrong(field('t', 'time'), 1000), wrong(field('t', 'time'), 1001), wrong(field('t', 'time', { smallest: 0 }), 5)]).toEqual([
      'past',
      null,
      null,
    ]);
  });

  it('takes a blank text for an empty one', () => {
    expect(check([field('p', 'text', { required: true })], { p: '  ' }, 0)).toEqual([{ field: 'p', kind: 'missing', limit: null }]);
  });
});

describe('the words', () => {
  // The fields of every form that the services have.
  const known = [
    'model prompt imageUrls videoUrls aspectRatio nFrames selectedCharacter characterOrientation mode imageSize resolution',
    'outputFormat googleSearch instrumental title style videoId language text position fontSize topBottomMargin strokeThickness',
    'videoUrl name description body photos messaging type promptTemplate accountIds scheduledFor timezone content publishToInbox',
    'tiktokPrivacyLevel tiktokAllowComment tiktokAllowDuet tiktokAllowStitch tiktokCommercialContentType fromDate toDate includeDrafts',
    'q limit query scrapeId brief status page image_url duration aspect_ratio cfg_scale',
  ].flatMap((line) => line.split(' '));

  it('name every field of the services', () => {
    expect(known.filter((name) => !isNamed(name))).toEqual([]);
  });

  it('can differ by what the form is for', () => {
    expect(labelOf('mode', 'scrape')).not.toBe(labelOf('mode', 'posts'));
    expect(labelOf('somethingNew', 'scrape')).toBe('somethingNew');
  });

  it('of choices help where a word helps', () => {
    expect([choiceOf('nFrames', '10'), choiceOf('aspectRatio', 'portrait'), choiceOf('model', 'veo3_fast')]).toEqual([
      '10 秒',
      '竖屏',
      'veo3_fast',
    ]);
  });

  it('stand side by side while they are few and short', () => {
    expect([standsOpen(['竖屏', '横屏']), standsOpen(['a', 'b', 'c', 'd', 'e']), standsOpen(['sora-2-text-to-video', 'sora-2-image-to-video'])]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('files are offered by the endings of the media types', () => {
  expect(endingsOf(['image/png', 'image/jpeg', 'x/y'])).toEqual(['png', 'jpg', 'jpeg']);
});
