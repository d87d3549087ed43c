import { beforeEach, expect, it } from 'vitest';
import type { Export, ExportFailure } from '../bindings';
import { exportWords, fileName, orderOf } from './export-words';
import { setLanguage } from './messages.svelte';

const made = (over: Partial<Export>): Export => ({ id: 1, state: 'running', format: 'xlsx', done: 0, total: 1000, path: '/a.xlsx', failure: null, ...over });
const two = { kind: 'tasks' as const, ids: [1, 2] };

beforeEach(() => setLanguage('zh-CN'));

it('a running export says how many are written, and keeps the last cell for the end', () => {
  expect(exportWords(made({ done: 300 }))).toMatchObject({ text: '写好 300 条，共 1,000 条', cells: 6 });
  expect(exportWords(made({ done: 1000 })).cells).toBe(19);
});

it('an export whose tasks are not counted yet has no cells', () => {
  expect(exportWords(made({ total: 0 }))).toMatchObject({ text: '正在准备', cells: null });
});

it('each failure has a cause, and the remedy that fits it', () => {
  const remedy = (failure: ExportFailure): unknown => exportWords(made({ state: 'failed', failure })).remedy;
  expect([remedy('disk_full'), remedy('unwritable'), remedy('too_many'), remedy('history'), remedy('nothing')]).toEqual(['other_place', 'other_place', 'csv', 'again', null]);
});

it('a table is one file and has no template, whatever was chosen for texts', () => {
  const order = orderOf(two, { format: 'csv', each: true, template: '{{text}}' }, null);
  expect([order.each, order.template]).toEqual([false, null]);
});

it('a Word document can be one for each, yet takes no template', () => {
  const order = orderOf(two, { format: 'docx', each: true, template: '{{text}}' }, '/out');
  expect([order.each, order.template, order.path]).toEqual([true, null, '/out']);
});

it('a single task makes a file, not a folder of one', () => {
  expect(orderOf({ kind: 'tasks', ids: [1] }, { format: 'txt', each: true, template: null }, null).each).toBe(false);
});

it('a blank template is none', () => {
  expect(orderOf(two, { format: 'txt', each: false, template: ' \n' }, null).template).toBeNull();
});

it('the name of a file is the end of its path, on every system', () => {
  expect([fileName('/data/user/下载/文案.txt'), fileName('C:\\Users\\小王\\文案.csv'), fileName('/out/十一月/')]).toEqual(['文案.txt', '文案.csv', '十一月']);
});
