import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Form, FormField, ProviderView, Task } from '../../bindings';
import { Forms } from '../forms.svelte';
import type * as door from '../ipc';
import { ipc } from '../ipc';
import { Studio } from './studio.svelte';

vi.mock('../ipc', async (original) => {
  const real = await original<typeof door>();
  const names = Object.keys(real.ipc) as (keyof typeof real.ipc)[];
  return { AppError: real.AppError, ipc: Object.fromEntries(names.map((name) => [name, vi.fn()])) };
});

const field = (name: string, over: Partial<FormField> = {}): FormField => ({
  name,
  kind: 'choice',
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
const form = (provider: Form['provider'], operation: Form['operation'], fields: FormField[]): Form => ({ provider, operation, fields, costs: {} });
const sora = form('rawugc', 'generate_video', [
  field('model', { required: true, choices: ['sora', 'veo'] }),
  field('prompt', { kind: 'long_text', required: true }),
]);
const jimeng = form('jimeng', 'generate_video', [field('prompt', { kind: 'long_text', required: true })]);
const view = (id: string, over: Partial<ProviderView> = {}): ProviderView =>
  ({ id, ready: true, operations: ['generate_video', 'captions'], ...over }) as ProviderView;
const task = (id: number, over: Partial<Task> = {}): Task =>
  ({ id, operation: 'generate_video', provider: 'rawugc', state: 'succeeded', parent: null, model: null, works: [], paste: id, ...over }) as Task;

let providers: ProviderView[];
let studio: Studio;

beforeEach(() => {
  vi.clearAllMocks();
  providers = [view('rawugc'), view('jimeng')];
  const forms = new Forms();
  forms.all = [sora, jimeng];
  studio = new Studio(forms, () => providers);
});

describe('what can be made', () => {
  it('is offered by provider and model', () => {
    expect(studio.makers('generate_video').map((maker) => maker.key)).toEqual(['rawugc sora', 'rawugc veo', 'jimeng ']);
    expect(studio.makers('generate_image')).toEqual([]);
  });

  it('leaves out who is not set up, and who cannot do it', () => {
    providers = [view('rawugc', { ready: false }), view('jimeng', { operations: [] })];
    expect(studio.makers('generate_video')).toEqual([]);
    expect(studio.maker('generate_video')).toBeUndefined();
  });

  it('starts with the first and changes with the choice', () => {
    const first = studio.maker('generate_video');
    expect(first && studio.keyOf(first)).toBe('rawugc sora');
    const [, veo, other] = studio.makers('generate_video');
    if (!veo || !other) throw new Error('too few');
    studio.choose('generate_video', veo);
    expect(studio.maker('generate_video')?.model).toBe('veo');
    studio.choose('generate_video', other);
    expect(studio.maker('generate_video')?.form.provider).toBe('jimeng');
  });

  it('keeps what is being filled in while the user looks elsewhere, also when the forms are read again', async () => {
    studio.maker('generate_video')?.put('prompt', '纸船');
    vi.mocked(ipc.forms).mockResolvedValue([{ ...sora, costs: { sora: 5 } }, jimeng]);
    vi.mocked(ipc.collections).mockResolvedValue([]);
    vi.mocked(ipc.tasks).mockResolvedValue({ tasks: [], total: 0, before: null });
    studio.begin();
    await vi.waitFor(() => expect(studio.loaded).toBe(true));
    expect([studio.maker('generate_video')?.input.prompt, studio.maker('generate_video')?.cost]).toEqual(['纸船', 5]);
  });

  it('is filled in with what made a work, to be changed', () => {
    studio.tab = 'posts';
    studio.again(task(1, { model: 'veo' }), { prompt: '纸船', aspectRatio: '9:16' });
    expect([studio.tab, studio.maker('generate_video')?.input]).toEqual(['generate', { model: 'veo', prompt: '纸船' }]);
  });
});

describe('the wall', () => {
  it('fetches the original of an edit that lies behind what was read', async () => {
    vi.mocked(ipc.forms).mockResolvedValue([sora]);
    vi.mocked(ipc.collections).mockResolvedValue([]);
    vi.mocked(ipc.tasks).mockResolvedValue({ tasks: [task(9, { operation: 'captions', parent: 2 })], total: 1, before: 9 });
    vi.mocked(ipc.task).mockResolvedValue({ task: task(2) } as never);
    studio.begin();
    await vi.waitFor(() => expect(studio.tasks.map((one) => one.id)).toEqual([9, 2]));
    studio.apply([{ kind: 'saved', task: task(2, { model: 'veo' }) }]);
    expect([studio.task(2)?.model, vi.mocked(ipc.task).mock.calls.length]).toEqual(['veo', 1]);
  });

  it('is not read before somebody looks', () => {
    studio.apply([{ kind: 'saved', task: task(1) }]);
    expect([studio.tasks.length, vi.mocked(ipc.tasks).mock.calls.length]).toEqual([0, 0]);
  });
});
