// Invented answers for the page of a link: an analysis, downloads, workflows.

import type { Analysis, Download, Form, FormField, Media, Task } from '../bindings';

export const workflows = JSON.stringify([
  { name: '口播转文案', id: '7431000000000000921', input: 'input', gives: 'transcript', run: 'async' },
  { name: '带翻译', id: '7431000000000001044', input: 'url', gives: 'transcript', run: 'stream' },
  { name: '视频信息', id: '7431000000000003388', input: 'input', gives: 'info', run: 'sync' },
]);

const column = (name: string, over: Partial<FormField> = {}): FormField => ({
  name,
  kind: over.choices ? 'choice' : 'text',
  required: false,
  models: [],
  choices: [],
  default: null,
  longest: null,
  most: null,
  smallest: null,
  largest: null,
  of: null,
  media: [],
  ...over,
});

export const columns: FormField[] = [
  column('name', { longest: 60 }),
  column('id', { required: true }),
  column('input', { default: 'input' }),
  column('gives', { choices: ['transcript', 'info'], default: 'transcript' }),
  column('run', { choices: ['async', 'sync', 'stream'] }),
];

export const forms: Form[] = [
  { provider: 'rawugc', operation: 'analyze', fields: [column('prompt', { kind: 'long_text', longest: 5000 })], costs: { '': 1 } },
  { provider: 'coze', operation: 'transcribe', fields: [column('workflow')], costs: { '': 1 } },
  { provider: 'coze', operation: 'resolve', fields: [column('workflow')], costs: { '': 1 } },
];

const frame = (at_s: number, word: string, description: string, visual: string | null, audio: string | null, text: string | null) => ({
  at_s,
  word,
  description,
  visual,
  audio,
  text,
});

export const analysis: Analysis = {
  summary: '用一根筷子解决盆栽总倒的问题：先让人看见“又倒了”，再给出一个家里现成的办法，最后用一周后的样子收尾。',
  hook: '它今天第四次倒了。',
  keyframes: [
    frame(0, 'hook', '花盆横倒在桌上', '俯拍，土撒出来一半，手停在半空', '一声闷响，然后叹气', 'day 4 of this nonsense'),
    frame(3, 'problem', '换大盆、压石头，还是倒', '三个快剪，每个一秒', '鼓点加快', null),
    frame(8.4, 'twist', '从抽屉里拿出一根外卖筷子', '特写，筷子入画后停半秒', null, 'hear me out'),
    frame(14, 'solution', '斜插、绕两圈线、剪掉多余', '一镜到底，六秒讲完全部步骤', null, null),
    frame(19, 'result', '一周后，还站着', '同一个机位，盆换了位置，阳光更亮', null, null),
    frame(22, 'cta', '举起剩下的那根筷子', null, null, 'what should I fix next?'),
  ],
  duration_s: 23,
  tags: ['生活技巧', '植物', '前后对比', '俯拍', '零成本'],
  why_it_performed: ['前三秒没有废话，问题一眼能懂', '办法不花钱，看完就能做', '连着倒四次，让人觉得真实'],
  attributes_to_copy: ['同一个机位拍前后对比', '关键道具入画后停半秒', '步骤一镜到底，不加解说'],
  hooks_to_test: ['这盆花我扶了一个星期。', '别再买支架了，打开你的外卖袋。'],
};

/** What lies open for `show`, beside what the list has already. */
export function texts(show: string, made: (over: Partial<Task>) => Task): Task[] {
  const link = { url: 'https://www.tiktok.com/@desk.garden/video/7000000000000000777', platform: 'tiktok' as const, kind: 'video' as const, id: '7000000000000000777', canonical: null, title: 'my plant kept falling over until I tried one chopstick' };
  const found = { title: link.title, author: 'desk.garden', duration_s: 23, cover_url: 'x', media_url: null, avatar_url: null, learned_at: Date.now() - 3_600_000 };
  const id = show === 'analysis' ? 40 : 1;
  const created_at = Date.now() - (id === 1 ? 80 * 3_600_000 : 30_000);
  const list = [made({ id, paste: id, created_at, operation: 'analyze', provider: 'rawugc', link, found, cost: 1, remote_id: null, words: null, state: 'succeeded', ended_at: Date.now() - 60_000 })];
  if (show === 'analysing') list[0] = made({ ...list[0], id: 40, paste: 40, state: 'submitting', cost: null, found: { ...found, title: null }, submitted_at: Date.now() - 42_000, ended_at: null });
  if (show === 'batch' || show === 'batch-uncertain') {
    const states = show === 'batch' ? (['succeeded', 'failed', 'running', 'running', 'succeeded'] as const) : (['uncertain', 'uncertain', 'uncertain'] as const);
    states.forEach((state, at) =>
      list.unshift(
        made({
          id: 50 - at,
          paste: 50,
          batch: 7,
          state,
          words: state === 'succeeded' ? 380 + at : null,
          ended_at: state === 'running' || state === 'uncertain' ? null : Date.now(),
          remote_id: state === 'uncertain' ? null : '9c41aaaabbbb2e07',
          failure: state === 'failed' ? { kind: 'provider-internal', charged: 'unknown', provider: 'momoget', http_status: 200, code: null, message: 'invented', trace_id: null, retry_after_s: null } : null,
          link: { url: `https://v.douyin.com/batch${at}/`, platform: at % 2 ? 'kuaishou' : 'douyin', kind: 'short', id: null, canonical: null, title: `探店口播第一期，第 ${at + 1} 段` },
        }),
      ),
    );
    list.sort((a, b) => b.id - a.id);
  }
  return list;
}

const MEGA = 1_000_000;
let files: Download[] = [];
const timers = new Map<number, ReturnType<typeof setInterval>>();

export const downloads = (): Download[] => files;

/** Plays a download of a few seconds. `broken` lets it end as it says. */
export function download(task: number, media: Media, broken: string | null, tell: (changes: Download[]) => void): Download {
  const cover = media.kind === 'cover';
  const made: Download = {
    id: files.length + 1,
    task,
    media,
    state: 'running',
    name: cover ? '拆解一条百万播放的探店视频.jpg' : '拆解一条百万播放的探店视频.mp4',
    path: '/data/user/下载/拆解一条百万播放的探店视频.mp4',
    received: 0,
    total: cover ? null : 31 * MEGA,
    speed: null,
    failure: null,
  };
  files = [...files, made];
  run(made.id, broken, tell);
  return made;
}

export function change(id: number, over: Partial<Download>): Download {
  files = files.map((file) => (file.id === id ? { ...file, ...over } : file));
  return files.find((file) => file.id === id)!;
}

export function run(id: number, broken: string | null, tell: (changes: Download[]) => void): void {
  clearInterval(timers.get(id));
  const timer = setInterval(() => {
    const file = files.find((one) => one.id === id)!;
    const received = (file.received ?? 0) + 1.4 * MEGA;
    const end = received >= (file.total ?? 2 * MEGA);
    const fails = broken !== null && received > 8 * MEGA;
    if (end || fails) clearInterval(timer);
    if (fails) tell([change(id, { state: 'failed', failure: broken as Download['failure'], speed: null })]);
    else if (end) tell([change(id, { state: 'done', received: file.total ?? received, total: file.total ?? received, speed: null })]);
    else tell([change(id, { received, speed: 1.4 * MEGA * 2 })]);
  }, 500);
  timers.set(id, timer);
}

export function stop(id: number, tell: (changes: Download[]) => void): void {
  clearInterval(timers.get(id));
  tell([change(id, { state: 'cancelled', speed: null })]);
}
