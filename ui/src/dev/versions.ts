// Versions, tidying, tags and notes as the stand-in for Rust plays them. Its tidying is a rough one.

import type { Comparison, Piece, PieceKind, SameVideo, Task, TaskDetail, TextRef, TidySteps, Transcript, TranscriptKind } from '../bindings';
import { fold } from '../lib/marks';
import { countWords } from '../lib/transcript';
import { text } from './invented';

const query = new URLSearchParams(location.search);
const MINUTE = 60_000;

const raw = `00:00 老周：嗯，你有没有发现，同样一把青菜，饭店端上来是碧绿的，自己在家一炒就发黄、出水、还塌成一团?
00:12 老周：今天我把后厨里最不起眼的一步讲给你听,学会了,以后炒青菜都不会再黄。
00:18 老周：先说为什么会黄。叶绿素怕两样东西,一个是酸,
一个是闷。你盖上锅盖焖两分钟,菜叶自己放出来的酸跑不掉,颜色一下子就暗了。
00:31 老周：那个，所以第一条:炒青菜不盖锅盖,从下锅到出锅,全程敞着。
00:40 老周：第二条,水。很多人洗完菜,抖两下就下锅,叶子上全是水珠,锅一下凉了,这哪是炒菜,这是煮菜。用１０分钟晾一晾，或者拿APP定个闹钟。`;

const texts = new Map<number, Transcript[]>();

function made(version: number, kind: TranscriptKind, words: string, at: number): Transcript {
  return { version, kind, text: words, words: countWords(words), incomplete: false, created_at: at };
}

function versions(task: Task): Transcript[] {
  const known = texts.get(task.id);
  if (known) return known;
  const at = task.ended_at ?? Date.now();
  const spoken = query.has('long') ? Array.from({ length: 160 }, () => text(9)).join('\n') : query.has('raw') ? raw : text(task.id);
  const list = [{ ...made(1, 'provider', spoken, at), incomplete: task.id === 8 }];
  if (task.id === 9 && query.get('versions') !== '1' && !query.has('raw')) {
    list.push(made(2, 'tidied', spoken.replaceAll('，', '， ').replaceAll('， ', '，'), at + MINUTE));
    list.push(made(3, 'edited', spoken.replace('今天我把后厨里最不起眼的一步讲给你听，', '其实只差一步，').replace('盐放早了', '不信你试：盐放早了').replace('家里的灶没有饭店猛，', ''), at + 3 * MINUTE));
  }
  texts.set(task.id, list);
  return list;
}

function sameVideo(task: Task): SameVideo[] {
  if (task.id !== 9 || query.get('versions') === '1') return [];
  return [{ text: { task: 3, version: 1 }, provider: 'coze', kind: 'provider', words: countWords(other), created_at: Date.now() - 26 * 60 * MINUTE }];
}

const other = text(9).replace('碧绿', '翠绿').replace('还塌成一团', '塌成一团').replace('焖两分钟', '闷上二分钟').replace('叶绿素', '叶绿速');

function find(ref: TextRef): string {
  if (ref.task === 3) return other;
  return texts.get(ref.task)?.find((one) => one.version === ref.version)?.text ?? '';
}

/** Signs of both texts, by the greedy walk of Myers; bounded, since it is only played. */
function differ(a: readonly string[], b: readonly string[]): Piece[] {
  const most = Math.min(a.length + b.length, 1500);
  const ends: number[][] = [];
  const row = Array.from({ length: 2 * most + 3 }, () => 0);
  const mid = most + 1;
  outer: for (let d = 0; d <= most; d += 1) {
    ends.push(row.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && row[mid + k - 1]! < row[mid + k + 1]!) ? row[mid + k + 1]! : row[mid + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      row[mid + k] = x;
      if (x >= a.length && x - k >= b.length) break outer;
    }
  }
  const out: [PieceKind, string][] = [];
  let x = a.length;
  let y = b.length;
  for (let d = ends.length - 1; d >= 0; d -= 1) {
    const at = ends[d]!;
    const k = x - y;
    const from = k === -d || (k !== d && at[mid + k - 1]! < at[mid + k + 1]!) ? k + 1 : k - 1;
    const px = d === 0 ? 0 : at[mid + from]!;
    const py = d === 0 ? 0 : px - from;
    while (x > px && y > py && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      out.push(['same', a[x - 1]!]);
      x -= 1;
      y -= 1;
    }
    if (d === 0) break;
    if (x === px) out.push(['added', b[--y]!]);
    else out.push(['removed', a[--x]!]);
  }
  return joined(out.reverse());
}

function joined(signs: readonly [PieceKind, string][]): Piece[] {
  const out: Piece[] = [];
  let removed = '';
  let added = '';
  const flush = (): void => {
    if (removed) out.push({ kind: 'removed', text: removed });
    if (added) out.push({ kind: 'added', text: added });
    removed = '';
    added = '';
  };
  for (const [kind, sign] of signs) {
    if (kind === 'removed') removed += sign;
    else if (kind === 'added') added += sign;
    else {
      flush();
      const last = out.at(-1);
      if (last?.kind === 'same') last.text += sign;
      else out.push({ kind, text: sign });
    }
  }
  flush();
  return out;
}

function compared(a: string, b: string): Comparison {
  const pieces = differ([...a], [...b]);
  const differences = pieces.filter((piece, at) => piece.kind !== 'same' && (at === 0 || pieces[at - 1]!.kind === 'same')).length;
  return { pieces, differences, words: [countWords(a), countWords(b)] };
}

function tidied(words: string, steps: TidySteps): string {
  let out = words;
  if (steps.time_stamps) out = out.replace(/^\d\d:\d\d\s*/gm, '');
  if (steps.speakers) out = out.replace(/^[^\s：:]{1,8}[：:]/gm, '');
  if (steps.widths) out = fold(out).replace(/(?<=\p{Script=Han}),/gu, '，').replace(/(?<=\p{Script=Han})\?/gu, '？').replace(/(?<=\p{Script=Han}):/gu, '：').replaceAll('!', '！');
  if (steps.join_lines) out = out.replace(/(?<![。！？?])\n(?!\d\d:)/g, '');
  if (steps.spaces) out = out.replace(/(?<=\p{Script=Han})(?=[A-Za-z\d])|(?<=[A-Za-z\d])(?=\p{Script=Han})/gu, ' ');
  if (steps.fillers) for (const word of steps.filler_words) out = out.replaceAll(`${word}，`, '').replaceAll(`${word},`, '');
  if (steps.paragraphs && out.length > 400) out = out.replace(/(?<=[^\n]{80}[。！？])(?=[^\n])/gu, '\n');
  return out;
}

/** What a task's page shows of its versions. */
export function detail(task: Task): Partial<TaskDetail> {
  if (task.state !== 'succeeded' || task.operation !== 'transcribe') return {};
  return { transcripts: versions(task), same_video: sameVideo(task) };
}

type Change = (id: number, over: Partial<Task>) => null;

/* eslint-disable @typescript-eslint/no-explicit-any -- the arguments are whatever the bindings send */
export function answers(all: () => Task[], change: Change, refuse: (code: string) => never): Record<string, (args: any) => unknown> {
  const task = (id: number): Task => all().find((one) => one.id === id) ?? refuse('task_gone');
  const picked = (selection: any): Task[] => all().filter((one) => selection.kind === 'found' || selection.ids.includes(one.id));
  const append = (id: number, kind: TranscriptKind, words: string): Transcript => {
    const broken = query.get('unsaved');
    if (broken) refuse(broken);
    const list = versions(task(id));
    const last = list.at(-1)!;
    if (last.text === words) return last;
    const next = made(last.version + 1, kind, words, Date.now());
    texts.set(id, [...list, next]);
    change(id, { words: next.words });
    return next;
  };
  return {
    save_text: ({ id, text: words }) => append(id, 'edited', words),
    restore_text: ({ id, version }) => {
      const source = versions(task(id)).find((one) => one.version === version)!;
      return append(id, source.kind, source.text);
    },
    delete_text: ({ id, version }) => {
      const rest = versions(task(id)).filter((one) => one.version !== version);
      texts.set(id, rest);
      return change(id, { words: rest.at(-1)!.words });
    },
    compare: ({ a, b }) => compared(find(a), find(b)),
    preview_tidy: ({ text: ref, steps }) => compared(find(ref), tidied(find(ref), steps)),
    save_tidied: ({ text: ref, steps }) => append(ref.task, 'tidied', tidied(find(ref), steps)),
    tags: () => [
      { tag: '做菜', tasks: 31 },
      { tag: '口播结构好', tasks: 12 },
      { tag: '开场', tasks: 9 },
      { tag: '选题库', tasks: 7 },
      { tag: 'hook', tasks: 4 },
      { tag: '待改写', tasks: 2 },
    ],
    tag_tasks: ({ selection, add, remove }) => {
      for (const one of picked(selection)) change(one.id, { tags: [...new Set([...one.tags, ...add])].filter((tag) => !remove.includes(tag)).sort() });
      return picked(selection).length;
    },
    star_tasks: ({ selection, starred }) => {
      for (const one of picked(selection)) change(one.id, { starred });
      return picked(selection).length;
    },
    save_note: ({ id, note }) => {
      const broken = query.get('unsaved');
      if (broken) refuse(broken);
      return change(id, { note: note === '' ? null : note });
    },
  };
}
/* eslint-enable @typescript-eslint/no-explicit-any */
