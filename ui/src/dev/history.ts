// A long history as the stand-in for Rust plays it: `?many=100000`. Searching scans, which is slower than the real one.

import type { Desk, Excerpt, Hit, HitPage, Platform, SearchOrder, Selection, Task, TaskPage, TaskState } from '../bindings';
import { partsOf, valuesOf } from '../lib/filter-words';
import { fold, spans } from '../lib/marks';
import { deskOf, titleOf } from '../lib/task';
import { failure, text } from './invented';

const query = new URLSearchParams(location.search);
const many = Number(query.get('many') ?? 0);
const MINUTE = 60_000;
const FIRST = 1_000_000;

const subjects = ['青菜', '红烧肉', '夜市', '老小区', '出租屋', '阳台', '菜市场', '小店', '探店', '短视频', '冷链车', '早饭', '孩子', '工厂', '海鲜', '手机', '直播', '朋友圈', '咖啡', '露营'];
const turns = ['为什么总是发黄？师傅只多做了一步', '这样收拾，十分钟就够', '里的人情味，比你想的多', '卡在二楼这一户：跑了三年才谈下来', '第一年总结：哪些值得，哪些别碰', '三句话就够', '拆成三张卡片，一学就会', '凌晨四点的样子', '一周菜单，每天不超过十五块', 'APP 怎么选？我用 GPT 试了一遍'];
const authors = ['灶边老周', '城南旧事', '小满的租房日记', '六楼农场', '路上的人', '橙子妈妈厨房', '街坊说事', '镜头后面'];
const platforms: Platform[] = ['douyin', 'kuaishou', 'xiaohongshu', 'bilibili', 'toutiao', 'tiktok'];
const states: TaskState[] = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'uncertain'];
const sentences = text(9).split(/(?<=。|？)/);

const changed = new Map<number, Partial<Task>>();
/** Ids of the many that are not in the trash, newest first. */
let left = Array.from({ length: many }, (_, n) => FIRST + n);
let model: Task | null = null;

function mix(n: number, salt: number): number {
  return Math.abs(Math.imul(n + 1, 2654435761 ^ (salt * 40503)) >>> 7);
}

const pick = <T>(list: readonly T[], n: number, salt: number): T => list[mix(n, salt) % list.length]!;

function made(id: number): Task {
  const n = id - FIRST;
  const platform = pick(platforms, n, 1);
  const state = pick(states, n, 2);
  const at = Date.now() - 100 * MINUTE - n * 37 * MINUTE;
  const done = state === 'succeeded';
  return {
    ...model!,
    id,
    paste: -n,
    state,
    wait: null,
    remote_id: state === 'uncertain' ? null : '9c41aaaabbbb2e07',
    failure: state === 'failed' ? failure('provider-internal', 'momoget') : null,
    cancel_cause: state === 'cancelled' ? 'before_submit' : null,
    link: { url: `https://v.douyin.com/m${n}/`, platform, kind: 'short', id: null, canonical: null, title: `${pick(subjects, n, 3)}${pick(turns, n, 4)}` },
    found: { ...model!.found, title: null, author: pick(authors, n, 5), duration_s: 20 + (mix(n, 6) % 400) },
    words: done ? 80 + (mix(n, 7) % 900) : null,
    starred: n % 23 === 5,
    tags: n % 41 === 3 ? ['做菜'] : n % 97 === 8 ? ['做菜', '口播结构好'] : [],
    note: n % 61 === 7 ? '四步总结可以借来用，青菜那段剪短' : null,
    created_at: at,
    submitted_at: at + 1000,
    ended_at: state === 'uncertain' ? null : at + MINUTE,
    ...changed.get(id),
  };
}

function spoken(id: number): string {
  if (id < FIRST) return text(id);
  const n = id - FIRST;
  return Array.from({ length: 4 }, (_, k) => pick(sentences, n, 20 + k)).join('');
}

export function task(id: number): Task | undefined {
  return id >= FIRST && id < FIRST + many ? made(id) : undefined;
}

function texts(all: readonly Task[]): readonly Task[] {
  return all.filter((one) => deskOf(one.operation) === 'texts');
}

export function page(all: readonly Task[], desk: Desk, from: number, limit: number): TaskPage {
  model ??= all.at(-1) ?? null;
  const front = desk === 'texts' ? texts(all) : all.filter((one) => deskOf(one.operation) === desk);
  const behind = desk === 'texts' ? left : [];
  const tasks = front.slice(from, from + limit);
  const rest = behind.slice(Math.max(0, from - front.length), Math.max(0, from + limit - front.length));
  return { tasks: [...tasks, ...rest.map(made)], total: front.length + behind.length, before: null };
}

function passes(one: Task, asked: string): boolean {
  const has = (key: 'platform' | 'provider' | 'operation' | 'state', value: string): boolean => {
    const wanted = valuesOf(asked, key);
    return wanted.length === 0 || wanted.includes(value);
  };
  const starred = valuesOf(asked, 'starred')[0];
  const withText = valuesOf(asked, 'text')[0];
  const date = valuesOf(asked, 'date')[0];
  const days = { today: 1, yesterday: 2, '7d': 7, '30d': 30 }[date ?? ''];
  return (
    has('platform', one.link?.platform ?? 'other') &&
    has('provider', one.provider) &&
    has('operation', one.operation) &&
    has('state', one.state) &&
    valuesOf(asked, 'tag').every((tag) => one.tags.includes(tag)) &&
    (starred === undefined || one.starred === (starred === 'yes')) &&
    (withText === undefined || (one.words !== null) === (withText === 'yes')) &&
    (days === undefined || one.created_at > new Date().setHours(0, 0, 0, 0) - (days - 1) * 86_400_000)
  );
}

function wordsOf(asked: string): { words: string[]; unknown: string[] } {
  const unknown = partsOf(asked).flatMap((part) => (part.kind === 'filter' && valuesOf(part.raw, part.key).length === 0 ? [part.raw] : []));
  const words = partsOf(asked).flatMap((part) => (part.kind === 'word' ? [part.word] : unknown.includes(part.raw) ? [part.raw] : []));
  return { words, unknown };
}

function hitOf(one: Task, words: readonly string[]): Hit | null {
  const title = titleOf(one) ?? '';
  const body = one.words === null ? '' : spoken(one.id);
  const fields: [Excerpt['place'], string][] = [['text', body], ['author', one.found.author ?? ''], ['note', one.note ?? ''], ...one.tags.map((tag): [Excerpt['place'], string] => ['tag', tag])];
  const all = fold([title, ...fields.map(([, field]) => field)].join('\n'));
  if (!words.every((word) => all.includes(fold(word)))) return null;
  const found = fields.find(([, field]) => spans(field, words).length > 0);
  let excerpt: Excerpt | null = null;
  if (found && words.length > 0) {
    const [place, field] = found;
    const from = Math.max(0, (spans(field, words)[0]?.[0] ?? 0) - 12);
    const part = field.slice(from, from + 60).replaceAll('\n', ' ');
    excerpt = { place, version: place === 'text' ? 1 : null, text: part, marks: spans(part, words).map(([start, end]) => [start, end]), cut: [from > 0, from + 60 < field.length] };
  }
  return { task: one, title_marks: spans(title, words).map(([start, end]) => [start, end]), excerpt, count: spans(body, words).length };
}

function* found(all: readonly Task[], asked: string): Generator<Hit> {
  const { words } = wordsOf(asked);
  for (const one of all) {
    const hit = passes(one, asked) ? hitOf(one, words) : null;
    if (hit) yield hit;
  }
  for (const id of left) {
    const one = made(id);
    const hit = passes(one, asked) ? hitOf(one, words) : null;
    if (hit) yield hit;
  }
}

function search(all: readonly Task[], asked: string, order: SearchOrder, after: string | null, limit: number): HitPage {
  model ??= all.at(-1) ?? null;
  const from = Number(after ?? 0);
  const hits: Hit[] = [];
  const { words, unknown } = wordsOf(asked);
  const list = order === 'titles' ? [...found(all, asked)].sort((a, b) => Number(b.title_marks.length > 0) - Number(a.title_marks.length > 0)) : found(all, asked);
  let n = 0;
  let more = false;
  for (const hit of list) {
    if (n >= from && hits.length < limit) hits.push(hit);
    else if (n >= from) {
      more = true;
      break;
    }
    n += 1;
  }
  const filter = { platforms: [], providers: [], operations: [], states: [], tags: [], starred: null, has_text: null, from: null, until: null };
  return { hits, after: more ? String(from + limit) : null, query: { words, unknown, filter } };
}

interface World {
  all: () => readonly Task[];
  put: (tasks: Task[]) => void;
  saved: (task: Task) => void;
  removed: (ids: number[]) => void;
}

/** What the stand-in answers to the commands of the list. */
export function answers(world: World) {
  let trash: Task[] = [];
  const idsOf = (selection: Selection): number[] => (selection.kind === 'tasks' ? selection.ids : [...found(world.all(), selection.query)].map((hit) => hit.task.id));
  const get = (id: number): Task | undefined => world.all().find((one) => one.id === id) ?? task(id);
  const change = (id: number, over: Partial<Task>): void => {
    const one = get(id);
    if (!one) return;
    if (id >= FIRST) changed.set(id, { ...changed.get(id), ...over });
    else world.put(world.all().map((other) => (other.id === id ? { ...other, ...over } : other)));
    world.saved({ ...one, ...over });
  };
  const restore = (tasks: Task[]): number => {
    const ids = new Set(tasks.map((one) => one.id));
    trash = trash.filter((one) => !ids.has(one.id));
    const back = tasks.map((one) => ({ ...one, deleted_at: null }));
    world.put([...world.all(), ...back.filter((one) => one.id < FIRST)].sort((a, b) => b.id - a.id));
    left = [...left, ...back.filter((one) => one.id >= FIRST).map((one) => one.id)].sort((a, b) => a - b);
    for (const one of back) world.saved(one);
    return back.length;
  };
  if (query.get('show') === 'trash') {
    const days = (count: number): number => Date.now() - count * 86_400_000;
    const [now, then] = [days(0), days(3)];
    const times = [now, then, then, then, days(12), days(29), days(30)];
    queueMicrotask(() => (trash = world.all().slice(4, 11).map((one, n) => ({ ...one, deleted_at: times[n] ?? now }))));
  }
  return {
    tasks_at: ({ desk, from, limit }: { desk: Desk; from: number; limit: number }) => page(world.all(), desk, from, limit),
    search: ({ text: asked, order, after, limit }: { text: string; order: SearchOrder; after: string | null; limit: number }) => search(world.all(), asked, order, after, limit),
    count_found: ({ text: asked }: { text: string }) => {
      let count = 0;
      for (const hit of found(world.all(), asked)) {
        count += hit ? 1 : 0;
        if (query.has('guess') && count >= 1000) return { count, exact: false };
      }
      return { count, exact: true };
    },
    tags: () => {
      const counts = new Map<string, number>();
      for (const tag of [...world.all(), ...left.slice(0, 2000).map(made)].flatMap((one) => one.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return [...counts].map(([tag, tasks]) => ({ tag, tasks })).sort((a, b) => b.tasks - a.tasks);
    },
    star_tasks: ({ selection, starred }: { selection: Selection; starred: boolean }) => {
      const ids = idsOf(selection);
      for (const id of ids) change(id, { starred });
      return ids.length;
    },
    tag_tasks: ({ selection, add, remove }: { selection: Selection; add: string[]; remove: string[] }) => {
      const ids = idsOf(selection);
      for (const id of ids) change(id, { tags: [...new Set([...(get(id)?.tags ?? []), ...add])].filter((tag) => !remove.includes(tag)).sort() });
      return ids.length;
    },
    trash_tasks: ({ selection }: { selection: Selection }) => {
      const at = Date.now();
      const tasks = idsOf(selection).flatMap((id) => get(id) ?? []);
      const going = tasks.filter((one) => one.state !== 'submitting').map((one) => ({ ...one, deleted_at: at }));
      const ids = new Set(going.map((one) => one.id));
      trash = [...going, ...trash];
      world.put(world.all().filter((one) => !ids.has(one.id)));
      left = left.filter((id) => !ids.has(id));
      world.removed([...ids]);
      return { count: going.length, left: tasks.length - going.length, at };
    },
    restore_trashed: ({ at }: { at: number }) => restore(trash.filter((one) => one.deleted_at === at)),
    trash: ({ before, limit }: { before: number | null; limit: number }) => {
      const from = before === null ? 0 : trash.findIndex((one) => one.id === before) + 1;
      const tasks = trash.slice(from, from + limit);
      return { tasks, total: trash.length, before: from + limit < trash.length ? (tasks.at(-1)?.id ?? null) : null };
    },
    restore_tasks: ({ ids }: { ids: number[] }) => restore(trash.filter((one) => ids.includes(one.id))),
    delete_for_ever: ({ ids }: { ids: number[] }) => {
      const gone = trash.filter((one) => ids.includes(one.id) && one.state !== 'uncertain');
      trash = trash.filter((one) => !gone.includes(one));
      return gone.length;
    },
    empty_trash: () => {
      const before = trash.length;
      trash = trash.filter((one) => one.state === 'uncertain');
      return before - trash.length;
    },
  };
}
