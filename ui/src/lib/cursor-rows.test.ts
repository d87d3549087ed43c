import { describe, expect, it, vi } from 'vitest';
import { CursorRows, type CursorPage } from './cursor-rows.svelte';

interface Row {
  id: number;
}

const PAGE = 50;

/** Rows 0, 1, 2 … as a store hands them out. */
function rowsOf(total: number) {
  const read = vi.fn((cursor: number | null): Promise<CursorPage<Row, number>> => {
    const from = cursor ?? 0;
    const length = Math.max(0, Math.min(PAGE, total - from));
    const rows = Array.from({ length }, (_, n) => ({ id: from + n }));
    return Promise.resolve({ rows, next: from + length < total ? from + length : null });
  });
  return { read, rows: new CursorRows<Row, number>((row) => row.id) };
}

async function begun(total: number) {
  const made = rowsOf(total);
  made.rows.begin(await made.read(null), made.read);
  made.read.mockClear();
  return made;
}

describe('rows behind each other', () => {
  it('are read on when the end of the known ones comes near, up to the end', async () => {
    const { rows } = await begun(170);
    for (let at = 0; at < 170; at += 10) {
      rows.want(at, at + 10);
      await vi.waitFor(() => expect(rows.at(at)?.id).toBe(at));
    }
    expect([rows.known, rows.ended, rows.at(169)?.id]).toEqual([170, true, 169]);
  });

  it('are not read before they are needed', async () => {
    const { rows, read } = await begun(5000);
    rows.want(0, 10);
    await Promise.resolve();
    expect(read).not.toHaveBeenCalled();
    rows.want(30, 45);
    await vi.waitFor(() => expect(rows.known).toBe(100));
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('that were forgotten are read again', async () => {
    const { rows } = await begun(20_000);
    for (let at = 0; at < 5000; at += 40) {
      rows.want(at, at + 10);
      await vi.waitFor(() => expect(rows.at(at + 9)?.id).toBe(at + 9));
    }
    expect(rows.at(0)).toBeUndefined();
    rows.want(0, 10);
    await vi.waitFor(() => expect(rows.at(0)?.id).toBe(0));
  });

  it('move up where one is removed', async () => {
    const { rows } = await begun(60);
    rows.want(40, 50);
    await vi.waitFor(() => expect(rows.ended).toBe(true));
    expect([rows.remove(3), rows.remove(3), rows.at(3)?.id, rows.known]).toEqual([true, false, 4, 59]);
  });

  it('drop a page of an earlier beginning', async () => {
    const { rows, read } = await begun(5000);
    let answer: (page: CursorPage<Row, number>) => void = () => undefined;
    read.mockReturnValueOnce(new Promise((done) => (answer = done)));
    rows.want(40, 50);
    rows.begin({ rows: [{ id: 7 }], next: null }, read);
    answer({ rows: [{ id: 50 }], next: null });
    await new Promise((done) => setTimeout(done));
    expect([rows.known, rows.at(0)?.id, rows.at(1)]).toEqual([1, 7, undefined]);
  });

  it('are read by what they were begun with', async () => {
    const { rows, read } = await begun(5000);
    const other = vi.fn(() => Promise.resolve({ rows: [{ id: 9000 }], next: null }));
    rows.begin({ rows: [{ id: 8999 }], next: 1 }, other);
    rows.want(0, 1);
    await vi.waitFor(() => expect(rows.at(1)?.id).toBe(9000));
    expect([read.mock.calls, other.mock.calls]).toEqual([[], [[1]]]);
  });

  it('between two places are all there, also those that were forgotten', async () => {
    const { rows } = await begun(20_000);
    for (let at = 0; at < 3000; at += 40) {
      rows.want(at, at + 10);
      await vi.waitFor(() => expect(rows.at(at + 9)?.id).toBe(at + 9));
    }
    expect(rows.at(70)).toBeUndefined();
    const ids = (await rows.between(70, 2500)).map((row) => row.id);
    expect(ids).toEqual(Array.from({ length: 2431 }, (_, n) => 70 + n));
  });

  it('say where reading failed, and go on when asked again', async () => {
    const { rows, read } = await begun(500);
    read.mockRejectedValueOnce(new Error('busy'));
    rows.want(40, 50);
    await vi.waitFor(() => expect(rows.failed).toBe(true));
    rows.want(40, 50);
    await vi.waitFor(() => expect([rows.failed, rows.known > 50]).toEqual([false, true]));
  });
});
