import { describe, expect, it } from 'vitest';
import type { Piece, PieceKind } from '../bindings';
import { after, before, merged, rows, type Paragraph } from './compare';

const piece = (kind: PieceKind, text: string): Piece => ({ kind, text });
const flat = (paragraphs: Paragraph[]): string[] => paragraphs.map((runs) => runs.map((run) => run.text).join(''));

const edited = [
  piece('same', '一样的开头。'),
  piece('removed', '今天我来讲，'),
  piece('added', '其实，'),
  piece('same', '学会了。\n第二段。\n'),
  piece('added', '不信你试：'),
  piece('same', '第三段。'),
];

describe('two texts beside each other', () => {
  it('have a row for each paragraph that both break', () => {
    const all = rows(edited);
    expect(all.map((row) => flat(row.left))).toEqual([['一样的开头。今天我来讲，学会了。'], ['第二段。'], ['第三段。']]);
    expect(all.map((row) => flat(row.right))).toEqual([['一样的开头。其实，学会了。'], ['第二段。'], ['不信你试：第三段。']]);
    expect(all.map((row) => row.changed)).toEqual([true, false, true]);
  });

  it('number a replaced stretch once, on both sides', () => {
    const changes = (paragraphs: Paragraph[]): (number | null)[] => paragraphs.flat().map((run) => run.change);
    const all = rows(edited);
    expect(changes(all[0]?.left ?? [])).toEqual([null, 0, null]);
    expect(changes(all[0]?.right ?? [])).toEqual([null, 0, null]);
    expect(changes(all[2]?.right ?? [])).toEqual([1, null]);
  });

  it('stay in one row where only one of them breaks, and show the break', () => {
    const all = rows([piece('same', '一句。'), piece('added', '\n'), piece('same', '两句。')]);
    expect(all).toHaveLength(1);
    expect(flat(all[0]?.left ?? [])).toEqual(['一句。两句。']);
    expect(flat(all[0]?.right ?? [])).toEqual(['一句。↵', '两句。']);
  });

  it('leave blank lines out', () => {
    expect(rows([piece('same', '一。\n\n二。\n')])).toHaveLength(2);
  });
});

describe('one text with its changes', () => {
  it('breaks where the new text does', () => {
    expect(flat(merged([piece('same', '一句。'), piece('added', '\n'), piece('same', '两'), piece('removed', '\n'), piece('same', '句。')]))).toEqual([
      '一句。↵',
      '两↵句。',
    ]);
  });
});

describe('the sides of a comparison', () => {
  it('are the texts that were compared', () => {
    expect(before(edited)).toBe('一样的开头。今天我来讲，学会了。\n第二段。\n第三段。');
    expect(after(edited)).toBe('一样的开头。其实，学会了。\n第二段。\n不信你试：第三段。');
  });
});
