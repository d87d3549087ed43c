import { beforeEach, expect, it, vi } from 'vitest';
import type { Export, ExportOrder } from '../bindings';
import { Exports } from './exports.svelte';
import { ipc } from './ipc';

vi.mock('./ipc', () => ({ ipc: { exports: vi.fn(), startExport: vi.fn() } }));

const listed = vi.mocked(ipc.exports);
const started = vi.mocked(ipc.startExport);

const made = (id: number, over: Partial<Export> = {}): Export => ({ id, state: 'running', format: 'txt', done: 0, total: 10, path: '/a.txt', failure: null, ...over });
const order: ExportOrder = { selection: { kind: 'tasks', ids: [1] }, format: 'txt', each: false, template: null, path: null };

beforeEach(() => {
  listed.mockReset();
  started.mockReset();
});

it('the newest export comes first, and those under way are counted', () => {
  const exports = new Exports();
  exports.apply([made(1, { state: 'done' }), made(2)]);
  expect([exports.all.map((one) => one.id), exports.running]).toEqual([[2, 1], 1]);
});

it('an export that ended before its answer came stays ended', async () => {
  const exports = new Exports();
  started.mockImplementation(async () => {
    exports.apply([made(1, { state: 'done', done: 10 })]);
    return made(1);
  });
  expect((await exports.start(order)).state).toBe('done');
  expect(exports.running).toBe(0);
});

it('what an event said while the list was read is newer than the list', async () => {
  const exports = new Exports();
  listed.mockImplementation(async () => {
    exports.apply([made(1, { done: 9 })]);
    return [made(1, { done: 2 }), made(0, { state: 'cancelled' })];
  });
  await exports.load();
  expect(exports.all.map(({ id, done }) => [id, done])).toEqual([[1, 9], [0, 0]]);
});

it('what was ordered in this window is known until another store is opened', async () => {
  const exports = new Exports();
  started.mockResolvedValue(made(1));
  await exports.start(order);
  expect(exports.order(1)).toEqual(order);
  exports.clear();
  expect([exports.order(1), exports.all]).toEqual([undefined, []]);
});
