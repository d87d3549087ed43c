// The icon set: a 20 px grid, one stroke, round ends, no fill. Drawn once by `Sprite.svelte`.

/** A path, or a shape with a look of its own. */
export type Shape =
  | string
  | { circle: readonly [cx: number, cy: number, r: number]; look?: 'dashed' | 'faint' }
  | { path: string; look: 'stitched' };

export const icons = {
  texts: ['M4.5 3.2h8.2l2.8 2.9v10.7h-11z', 'M7.3 8h5.4M7.3 10.9h5.4M7.3 13.8h3'],
  settings: ['M3 6h7.2M14.2 6H17M3 14h2.8M9.8 14H17', { circle: [12.2, 6, 2] }, { circle: [7.8, 14, 2] }],
  help: [{ circle: [10, 10, 7] }, 'M7.9 8.1c.2-1.3 1.1-2 2.2-2 1.2 0 2.1.8 2.1 1.9 0 1.6-2.2 1.7-2.2 3.4M10 13.9v.1'],
  paste: ['M7 4.2H4.5v12.6h11V4.2H13', 'M7 3h6v2.7H7zM10 8.5v5M7.8 11.4l2.2 2.2 2.2-2.2'],
  copy: ['M7 7h9.5v9.5H7z', 'M13 7V3.5H3.5V13H7'],
  open: ['M8 4H4v12h12v-4M11.5 3.5h5v5M16.3 3.7L9.5 10.5'],
  retry: ['M15.8 8.3A6.1 6.1 0 1 0 16 11.5M16.3 4.2v4.3H12'],
  close: ['M5 5l10 10M15 5L5 15'],
  check: ['M4.2 10.6l3.7 3.7 7.9-8.6'],
  down: ['M5.5 8l4.5 4.5L14.5 8'],
  back: ['M16.5 10H4M9 4.8L3.8 10 9 15.2'],
  eye: ['M2.5 10c1.9-3.2 4.5-4.8 7.5-4.8s5.6 1.6 7.5 4.8c-1.9 3.2-4.5 4.8-7.5 4.8S4.4 13.2 2.5 10z', { circle: [10, 10, 2.2] }],
  'eye-off': ['M3 8.5c1.7 2.5 4.1 3.8 7 3.8s5.3-1.3 7-3.8M5.5 11.2L4 13.4M10 12.3v2.7M14.5 11.2l1.5 2.2'],
  key: [{ circle: [6.8, 13.2, 3.3] }, 'M9.2 10.8l7.3-7.3M13.2 6.8l2.5 2.5'],
  queue: [{ circle: [10, 10, 6.8], look: 'dashed' }],
  send: [{ circle: [10, 10, 6.8] }, 'M10 13.5v-7M7.2 9.1L10 6.3l2.8 2.8'],
  live: [{ circle: [10, 10, 6.8], look: 'faint' }, 'M10 3.2a6.8 6.8 0 0 1 6.8 6.8'],
  fail: [{ circle: [10, 10, 6.8] }, 'M7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6'],
  doubt: ['M10 2.6L17.4 10 10 17.4 2.6 10z', 'M10 6.8v3.9M10 13v.1'],
  cancel: [{ circle: [10, 10, 6.8] }, 'M5.3 14.7l9.4-9.4'],
  history: ['M4.2 8.3A6.1 6.1 0 1 1 4 11.5M3.7 4.2v4.3H8M10 6.8V10l2.3 1.6'],
  offline: ['M3.2 8.3c1.9-1.7 4.2-2.6 6.8-2.6 1 0 2 .1 2.9.4M16.8 8.3l-.7-.6M5.9 11.2c1.1-1 2.5-1.5 4.1-1.5M10 14.6v.1M3.8 3.8l12.4 12.4'],
  sandbox: ['M3.5 3.5h13v13h-13z', { path: 'M10 3.5v13M3.5 10h13M3.5 3.5l13 13M16.5 3.5l-13 13', look: 'stitched' }],
  folder: ['M3 5h5l1.7 2H17v9H3z'],
  trash: ['M3.8 5.7h12.4M7.5 5.5V3.3h5v2.2M5.5 5.7l.7 11h7.6l.7-11M8.7 8.8v5M11.3 8.8v5'],
  link: ['M8.3 11.7l3.4-3.4M9.2 6.4l1.9-1.9c1.3-1.2 3-1.2 4.2 0s1.2 3 0 4.2l-1.9 1.9M10.8 13.6l-1.9 1.9c-1.3 1.2-3 1.2-4.2 0s-1.2-3 0-4.2l1.9-1.9'],
  shield: ['M10 2.8l6 2.3v4.4c0 3.7-2.4 6.3-6 7.7-3.6-1.4-6-4-6-7.7V5.1z', 'M7.3 9.9l2 2 3.6-3.9'],
} as const satisfies Record<string, readonly Shape[]>;

export type IconName = keyof typeof icons;

/** The three strokes of the mark and its dot, on a 512 px grid. */
export const mark = [
  'M66 190C98 198 124 198 152 196L398 178C414 177 424 170 438 172C452 174 462 190 458 206C455 219 444 224 428 224L150 236C118 238 96 246 80 236C66 227 60 206 66 190Z',
  'M290 206L350 200C330 318 236 424 72 460C64 462 60 452 68 448C196 388 268 306 290 206Z',
  'M126 228C138 220 150 224 158 236C224 328 312 378 444 396C456 398 460 406 452 414L402 462C396 468 388 468 380 464C264 414 182 344 126 228Z',
] as const;
