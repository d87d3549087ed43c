import { describe, expect, it } from 'vitest';
import type { Task, Work } from '../../bindings';
import { missingParents, pieces, shownBy, wallState } from './works';

const work = (remote: string, version: number, edit: string | null = null): Work => ({
  kind: 'video',
  remote_id: remote,
  version,
  edit,
  url: `https://media.example/${remote}.mp4`,
  expires_at: null,
  cover_url: null,
  title: null,
  duration_s: 10,
});

const task = (id: number, over: Partial<Task> = {}): Task =>
  ({ id, parent: null, operation: 'generate_video', state: 'succeeded', works: [work(`vid_${id}`, 1)], kept: [], ...over }) as Task;

describe('the wall', () => {
  it('knows which versions are kept on this machine', () => {
    const edit = task(3, { parent: 1, operation: 'captions', works: [work('vid_3', 2, 'captions')], kept: [0] });
    expect(pieces([edit, task(1)])[0]?.versions.map(({ kept }) => kept)).toEqual([false, true]);
  });

  it('puts edits beside their original, in the order of their versions', () => {
    const edit = task(3, { parent: 1, operation: 'captions', works: [work('vid_3', 2, 'captions')] });
    const wall = pieces([edit, task(2), task(1)]);
    expect(wall.map((piece) => piece.task.id)).toEqual([2, 1]);
    expect(wall[1]?.versions.map(({ task: of, index, work: one }) => [of, index, one.edit])).toEqual([
      [1, 0, null],
      [3, 0, 'captions'],
    ]);
  });

  it('shows a version once that both tasks name', () => {
    const both = [work('vid_1', 1), work('vid_3', 2, 'captions')];
    const edit = task(3, { parent: 1, operation: 'captions', works: [work('vid_3', 2, 'captions')] });
    expect(pieces([edit, task(1, { works: both })])[0]?.versions).toHaveLength(2);
  });

  it('keeps an edit of an edit with the first original', () => {
    const tasks = [task(3, { parent: 2, operation: 'overlay' }), task(2, { parent: 1, operation: 'captions' }), task(1)];
    expect(pieces(tasks).map((piece) => [piece.task.id, piece.versions.length])).toEqual([[1, 3]]);
  });

  it('says which edits are not finished', () => {
    const failed = task(3, { parent: 1, operation: 'overlay', state: 'failed', works: [] });
    expect(pieces([failed, task(1)])[0]?.edits.map((edit) => edit.id)).toEqual([3]);
  });

  it('lets an edit stand for itself while its original is not read, and says that it is missing', () => {
    const edit = task(9, { parent: 4, operation: 'captions' });
    expect([pieces([edit, task(5)]).length, missingParents([edit, edit, task(5)])]).toEqual([2, [4]]);
  });

  it('can be filtered', () => {
    const piece = pieces([task(1, { state: 'uncertain', works: [], operation: 'generate_music' })])[0];
    if (!piece) throw new Error('no piece');
    expect([wallState(piece), shownBy(piece, 'music', 'problem'), shownBy(piece, 'video', 'all')]).toEqual(['problem', true, false]);
  });
});
