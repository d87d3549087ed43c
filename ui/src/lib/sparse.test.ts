import { describe, expect, it } from 'vitest';
import { Sparse } from './sparse';

const row = (): Sparse<{ id: number }> => new Sparse((thing) => thing.id);
const things = (...ids: number[]): { id: number }[] => ids.map((id) => ({ id }));

describe('a sparse row', () => {
  it('knows its things by place and by id', () => {
    const all = row();
    all.put(500, things(9, 8, 7));
    expect([all.get(501)?.id, all.placeOf(7), all.get(0), all.placeOf(1)]).toEqual([8, 502, undefined, undefined]);
  });

  it('moves what stands behind an insertion, and back', () => {
    const all = row();
    all.put(0, things(9, 8));
    all.put(700, things(3));
    all.insert(1, { id: 20 });
    expect([all.placeOf(9), all.placeOf(20), all.placeOf(8), all.placeOf(3)]).toEqual([0, 1, 2, 701]);
    all.remove(0);
    expect([all.placeOf(9), all.get(0)?.id, all.placeOf(3), all.size]).toEqual([undefined, 20, 700, 3]);
  });

  it('holds nothing twice', () => {
    const all = row();
    all.put(0, things(3, 2, 1));
    all.put(1, things(3));
    expect([all.get(0), all.placeOf(3), all.placeOf(2), all.size]).toEqual([undefined, 1, undefined, 2]);
  });

  it('forgets what is far away', () => {
    const all = row();
    all.put(0, things(...Array.from({ length: 100 }, (_, n) => n)));
    all.put(900, things(...Array.from({ length: 100 }, (_, n) => 1000 + n)));
    all.keepNear(950, 60);
    expect([all.size, all.placeOf(50), all.placeOf(1050)]).toEqual([60, undefined, 950]);
  });

  it('keeps the one that is needed', () => {
    const all = row();
    all.put(0, things(...Array.from({ length: 200 }, (_, n) => n)));
    all.keepNear(190, 20, 3);
    expect([all.size, all.get(3)?.id, all.get(4)]).toEqual([21, 3, undefined]);
  });
});
