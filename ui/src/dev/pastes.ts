// Links that were pasted together, as the stand-in for Rust plays them: `?show=paste-live`, `paste-done`, `paste-paused`,
// `paste-doubt`, `paste-50`.

import type { Paste, Platform, Retried, Task, TaskState } from '../bindings';
import { failure } from './invented';

const MINUTE = 60_000;
const PASTE = 900;
const FIRST = 9000;

const titles: [Platform, string, number][] = [
  ['douyin', '巷子里开了三十年的牛肉面，凭什么天天排队', 486],
  ['douyin', '人均四十吃到撑？我替你算了一笔账', 402],
  ['kuaishou', '东北大姐的盒饭摊，一天卖六百份', 531],
  ['xiaohongshu', '藏在写字楼负一层的宝藏小馆', 317],
  ['douyin', '老板说：我这碗汤，火从来没关过', 618],
  ['bilibili', '一条街试了十一家包子铺，只有两家用老面', 1024],
  ['douyin', '', 0],
  ['douyin', '夜市里唯一不放味精的摊主', 365],
  ['kuaishou', '跟着出租车司机吃早饭', 449],
  ['douyin', '开店第一年亏了十八万，我还是想劝你试试：写给每一个想开小馆子的人', 524],
];

const states: Record<string, (at: number) => TaskState> = {
  'paste-live': (at) => (at < 4 ? 'succeeded' : at < 6 ? 'running' : 'queued'),
  'paste-paused': (at) => (at < 4 ? 'succeeded' : at < 5 ? 'running' : 'queued'),
  'paste-done': (at) => (at === 6 ? 'failed' : 'succeeded'),
  'paste-doubt': (at) => (at === 6 ? 'failed' : at === 2 ? 'uncertain' : at === 8 ? 'cancelled' : 'succeeded'),
  'paste-50': (at) => (at < 21 ? (at === 6 ? 'failed' : 'succeeded') : at < 24 ? 'running' : at < 25 ? 'submitting' : 'queued'),
};

const named = new Map<number, string | null>();
let paused = false;

/** Tasks of one paste above the others, where `show` asks for them. */
export function tasks(show: string, task: (over: Partial<Task>) => Task): Task[] {
  const state = states[show];
  if (state === undefined) return [];
  named.set(PASTE, show === 'paste-50' ? null : '探店口播第一期');
  paused = show === 'paste-paused';
  const now = Date.now();
  const created = now - 4 * MINUTE;
  return Array.from({ length: show === 'paste-50' ? 50 : 10 }, (_, at): Task => {
    const [platform, title, words] = titles[at % titles.length]!;
    const is = state(at);
    const done = is === 'succeeded';
    return task({
      id: FIRST + at,
      paste: PASTE,
      state: is,
      link: { url: 'https://v.douyin.com/wB6tGq_9oQk/', platform, kind: 'short', id: null, canonical: null, title: title === '' ? null : title },
      found: { title: null, author: done ? '灶边老周' : null, duration_s: done ? 96 : null, cover_url: null, media_url: null, avatar_url: null, learned_at: null },
      words: done ? words || 388 : null,
      wait: is === 'queued' ? { reason: paused ? 'paused' : 'slot', until: null } : null,
      failure: is === 'failed' ? failure('not-found', 'momoget') : null,
      cancel_cause: is === 'cancelled' ? 'same_video' : null,
      tags: [],
      note: null,
      starred: false,
      created_at: created,
      submitted_at: is === 'queued' ? null : is === 'running' ? now - 38_000 - at * 3000 : created + at * 1500,
      ended_at: done || is === 'failed' ? created + (at + 1) * 12_000 : null,
      next_poll_at: is === 'running' ? now + 9_000_000 : null,
    });
  });
}

interface World {
  all: () => readonly Task[];
  change: (id: number, over: Partial<Task>) => unknown;
}

/** What the stand-in answers to the commands about pastes. */
export function answers({ all, change }: World) {
  const of = (id: number): Task[] => all().filter((one) => one.paste === id).sort((one, other) => one.id - other.id);
  const paste = (id: number): Paste => {
    const tasks = of(id);
    const live = tasks.filter((one) => one.state === 'queued' || one.state === 'running' || one.state === 'submitting');
    return { id, name: named.get(id) ?? null, created_at: tasks[0]?.created_at ?? Date.now(), paused: paused && id === PASTE, tasks, left_s: live.length === 0 ? null : live.length * 40 };
  };
  const pause = (id: number, on: boolean): Paste => {
    paused = on;
    for (const one of of(id)) if (one.state === 'queued') change(one.id, { wait: { reason: on ? 'paused' : 'slot', until: null } });
    return paste(id);
  };
  const each = (id: number, state: TaskState, over: Partial<Task>): number => {
    const tasks = of(id).filter((one) => one.state === state);
    for (const one of tasks) change(one.id, over);
    return tasks.length;
  };
  return {
    paste: ({ id }: { id: number }) => paste(id),
    pause_paste: ({ id }: { id: number }) => pause(id, true),
    resume_paste: ({ id }: { id: number }) => pause(id, false),
    cancel_waiting: ({ id }: { id: number }) => each(id, 'queued', { state: 'cancelled', cancel_cause: 'before_submit', wait: null, ended_at: Date.now() }),
    retry_failed: ({ id }: { id: number }): Retried => ({ tasks: each(id, 'failed', { state: 'queued', failure: null, ended_at: null }), left: 0 }),
    name_paste: ({ id, name }: { id: number; name: string | null }) => {
      named.set(id, name);
      return paste(id);
    },
  };
}
