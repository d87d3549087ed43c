// A stand-in for Rust while the window is worked on in a browser: `npm run dev`, then `/?show=running`.
// Loaded by the development server only; a build leaves it out.

import type {
  AppState,
  Chip,
  Desk,
  Detection,
  Download,
  Evidence,
  Failure,
  FailureKind,
  Link,
  LookedUp,
  Order,
  ProviderView,
  Settings,
  Submission,
  Task,
  TaskChange,
  TaskDetail,
  TaskPage,
} from '../bindings';
import { deskOf } from '../lib/task';
import * as desk from './desk';
import { cover, failure, providers, share, tasks as invented, text } from './invented';
import * as keeping from './keeping';
import * as pastes from './pastes';
import * as ledger from './ledger';
import * as history from './history';
import * as studio from './studio';
import * as texts from './texts';
import * as versions from './versions';

const query = new URLSearchParams(location.search);
const show = query.get('show') ?? 'main';

const app: AppState = {
  version: '0.1.0',
  language: 'zh-CN',
  sandbox: show.startsWith('sandbox') || show === 'ledger-sandbox',
  sandbox_url: null,
  download_page: false,
  data_dir: show.startsWith('sandbox') ? '/data/user/.local/share/app.shiwen.desktop/sandbox' : '/data/user/.local/share/app.shiwen.desktop',
  downloads_dir: show.startsWith('sandbox') ? '/data/user/.local/share/app.shiwen.desktop/sandbox/downloads' : '/data/user/下载',
  problem: show.startsWith('problem-')
    ? { kind: show.slice(8) as 'newer', path: '~/.local/share/app.shiwen.desktop/shiwen.db' }
    : null,
  owner: show !== 'not-owner',
  has_provider: !show.startsWith('first'),
  task_count: 12,
  network: show.startsWith('offline') ? 'offline' : 'online',
  salvage: show.startsWith('salvage')
    ? { tasks: 1280, doubted: show === 'salvage-clean' ? 0 : 3, from_backup: show === 'salvage' ? Date.now() - 30 * 3_600_000 : null, kept_at: '/data/user/.local/share/app.shiwen.desktop/shiwen.db.damaged-2026-11-20' }
    : null,
  damaged: show === 'damaged',
};
let settings: Settings = {
  language: (query.get('lang') as Settings['language'] | null) ?? 'zh-CN',
  theme: (query.get('theme') as Settings['theme'] | null) ?? 'system',
  provider: 'momoget',
  operation: 'transcribe',
  proxy: 'system',
  follow_short_links: true,
  download_folder: null,
  order: { transcribe: ['transcriptgenerate', 'momoget', 'coze'] },
  failover: show.startsWith('failover'),
  tidy: { time_stamps: true, speakers: false, join_lines: true, paragraphs: true, widths: true, spaces: false, fillers: false, filler_words: ['嗯', '呃', '就是说', '然后呢'] },
  saved_searches: [],
  search_order: 'newest',
  export: { format: 'txt', each: false, template: null },
  proxies: {},
  font_size: 100,
  close: 'ask',
  notify: true,
  clipboard_offer: false,
  shortcut: null,
  check_updates: true,
};
let cards: ProviderView[] = providers(show.startsWith('first')).map((one) => (show === 'wait-daily_limit' && one.id === 'momoget' ? { ...one, daily_limit: 50, spent_today: 50 } : one));
if (show.startsWith('ledger')) cards = ledger.cards(cards);
let all: Task[] = show.startsWith('first') || show === 'sandbox-empty' || show === 'empty' ? [] : invented(show);
if (all.length > 0) all = [...all, ...texts.texts(show, (over) => ({ ...all[0]!, wait: null, ...over }))].sort((a, b) => b.id - a.id);
all = [...pastes.tasks(show, (over) => ({ ...all[0]!, wait: null, ...over })), ...all];
all = [...studio.works(show), ...studio.research(show), ...all];
const trash = new Map<number, Task>();
let asked = 0;
/** The call in doubt has been looked for, and is certainly not there. */
let gone = show === 'uncertain-gone';

const callbacks = new Map<number, (message: unknown) => void>();
const listeners: { event: string; handler: number }[] = [];
let next = 1;

function emit(event: string, payload: unknown): void {
  for (const { event: of, handler } of listeners) if (of === event) callbacks.get(handler)?.({ event, id: handler, payload });
}

function announce(...changes: TaskChange[]): void {
  emit('task-changes', changes);
}

function tell(changes: Download[]): void {
  emit('download-changes', changes);
}

function change(id: number, over: Partial<Task>): null {
  all = all.map((task) => (task.id === id ? { ...task, ...over } : task));
  const task = all.find((one) => one.id === id);
  if (task) announce({ kind: 'saved', task });
  return null;
}

function refuse(code: string): never {
  throw { code, message: 'invented' };
}

function detect(pasted: string): Detection {
  const spans: [number, number][] = [];
  const chips: Chip[] = [];
  let duplicates = 0;
  for (const match of pasted.matchAll(/https?:\/\/[\w.-]+\/[\w./?=&-]*[\w/]/g)) {
    spans.push([match.index, match.index + match[0].length]);
    if (chips.some((chip) => chip.link.url === match[0])) {
      duplicates += 1;
      continue;
    }
    const link: Link = {
      url: match[0],
      platform: match[0].includes('example') ? 'other' : match[0].includes('tiktok') ? 'tiktok' : match[0].includes('b23') ? 'bilibili' : match[0].includes('xhs') ? 'xiaohongshu' : 'douyin',
      kind: match[0].includes('/user/') ? 'user' : 'short',
      id: null,
      canonical: null,
      title: match[0].includes('b23') ? '一口气看懂分时电价：为什么半夜洗衣服更便宜' : match[0].includes('xhs') ? '租房改造｜9 平米朝北小屋' : '三分钟讲清楚红烧肉为什么总是柴',
    };
    const known = match[0].includes('xhs')
      ? { task: 7, state: 'succeeded' as const, title: null, created_at: Date.now() - 3 * 86_400_000 }
      : null;
    chips.push({ link, known, not_a_work: link.kind === 'user' });
  }
  const secret = /^\s*[a-z]{2,4}_[A-Za-z0-9_]{12,}\s*$/.test(pasted);
  const notice = chips.length > 0 ? null : secret ? 'looks_like_secret' : pasted.includes('复制') ? 'command_only' : 'no_link';
  return { chips, duplicates, notice, spans };
}

function submit(submission: Submission): number[] {
  const now = Date.now();
  const paste = Math.max(0, ...all.map((task) => task.paste)) + 1;
  return submission.urls.map((url) => {
    const id = Math.max(0, ...all.map((task) => task.id)) + 1;
    const chip = detect(url).chips[0];
    const task: Task = {
      ...invented('main')[0]!,
      id,
      paste,
      state: 'queued',
      provider: submission.provider,
      operation: submission.operation,
      link: chip!.link,
      created_at: now,
      submitted_at: null,
      wait: null,
      remote_id: null,
    };
    all = [task, ...all];
    announce({ kind: 'saved', task });
    setTimeout(() => change(id, { state: 'submitting', submitted_at: Date.now() }), 600);
    setTimeout(() => change(id, { state: 'running', remote_id: '9c41aaaabbbb2e07', next_poll_at: Date.now() + 3000 }), 1400);
    const found = { title: '三分钟讲清楚红烧肉为什么总是柴', author: '灶边老周', duration_s: 96, cover_url: 'x', media_url: null, avatar_url: null, learned_at: now };
    setTimeout(() => change(id, { state: 'succeeded', ended_at: Date.now(), words: 412, found }), 6000);
    return id;
  });
}

function evidenceOf(): Evidence {
  const hint = { left_before: 5400, left_after: 5304, running_before: 1, running_after: 2 };
  return {
    error: 'timed out: deadline has elapsed',
    body_sent: true,
    http_status: show === 'uncertain-status' ? 502 : null,
    excerpt: show === 'uncertain-status' ? '<html><head><title>502 Bad Gateway</title></head>' : null,
    hint: show === 'uncertain-hint' ? hint : null,
    looked_at: show === 'uncertain-looked' ? Date.now() - 40 * 60_000 : null,
    not_there_at: gone ? Date.now() : null,
  };
}

/** What `?look=` wants to be found. */
function lookUp(id: number): LookedUp {
  const hint = { left_before: 5400, left_after: 5304, running_before: null, running_after: 2 };
  switch (query.get('look')) {
    case 'found':
      change(id, { state: 'running', remote_id: 'vid_900' });
      return { kind: 'found' };
    case 'several':
      return { kind: 'several', count: 2 };
    case 'hint':
      return { kind: 'hint', hint };
    case 'yet':
      return { kind: 'nothing_yet', again_at: Date.now() + 90_000 };
    default:
      gone = true;
      return { kind: 'not_there' };
  }
}

function detailOf(id: number): TaskDetail {
  const task = all.find((one) => one.id === id) ?? history.task(id) ?? refuse('task_gone');
  const sent = task.submitted_at ?? task.created_at + 1000;
  const rejected = task.state === 'failed';
  const doubt = task.state === 'uncertain';
  const outcome = rejected ? ('rejected' as const) : doubt ? ('unknown' as const) : ('accepted' as const);
  const submitting = task.state === 'submitting';
  return {
    task,
    share_text: share,
    transcripts:
      task.state === 'succeeded' && task.operation === 'transcribe'
        ? [{ version: 1, kind: 'provider', text: text(task.id), words: task.words ?? 0, incomplete: task.id === 8, created_at: sent }]
        : [],
    attempts:
      task.state === 'queued' || task.cancel_cause === 'before_submit'
        ? []
        : [
            {
              id: 1,
              number: 1,
              provider: task.provider,
              intent_at: sent,
              ended_at: submitting ? null : sent + (doubt ? 60_000 : 900),
              outcome: submitting ? null : outcome,
              remote_id: outcome === 'accepted' ? task.remote_id : null,
              failure: task.failure,
              evidence: doubt ? evidenceOf() : null,
            },
          ],
    passed_over: show === 'failover-done' && task.id === 9 ? [failure('unauthorized', 'coze')] : [],
    input: {},
    output: task.operation === 'analyze' && task.state === 'succeeded' ? { kind: 'analysis' as const, ...texts.analysis } : null,
    batch: all.filter((one) => one.batch !== null && one.batch === task.batch && one.id !== id).map((one) => one.id),
    ahead: task.state === 'queued' ? 2 : 0,
    usual_s: 84,
    same_video: [],
    ...versions.detail(task),
    another: null,
    ...(deskOf(task.operation) === 'texts' ? {} : studio.detail(task)),
  };
}

function page(desk: Desk, before: number | null, limit: number): TaskPage {
  const of = all.filter((task) => deskOf(task.operation) === desk);
  const rest = of.filter((task) => before === null || task.id < before);
  const part = rest.slice(0, limit);
  return { tasks: part, total: of.length, before: rest.length > part.length ? (part.at(-1)?.id ?? null) : null };
}

function card(id: string, over: Partial<ProviderView>): ProviderView {
  cards = cards.map((one) => (one.id === id ? { ...one, ...over } : one));
  return cards.find((one) => one.id === id)!;
}

function save(id: string, values: Record<string, string>, sessionOnly: boolean): ProviderView {
  if (show.endsWith('nokeychain') && !sessionOnly) refuse('keychain_locked');
  const known = cards.find((one) => one.id === id)!;
  const fields = known.fields.map((field) => {
    const value = values[field.name];
    if (value === undefined) return field;
    return field.secret ? { ...field, configured: true, last4: value.slice(-4) } : { ...field, value };
  });
  return card(id, { fields, ready: true, session_only: sessionOnly, check_failure: null, checked_at: null });
}

function test(id: string): ProviderView {
  const refused: Failure | null = query.has('refuse') ? failure((query.get('refuse') || 'unauthorized') as FailureKind, 'momoget') : null;
  return card(id, { checked_at: Date.now(), check_failure: refused });
}

function followed(provider: Task['provider'], operation: Task['operation'], remoteId: string): number {
  const id = Math.max(0, ...all.map((task) => task.id)) + 1;
  const task: Task = { ...invented('main')[0]!, id, paste: id, provider, operation, link: null, state: 'running', wait: null, remote_id: remoteId, created_at: Date.now(), submitted_at: Date.now() };
  all = [task, ...all];
  announce({ kind: 'saved', task });
  return id;
}

function take(order: Order): number {
  const id = Math.max(0, ...all.map((task) => task.id)) + 1;
  const task = studio.ordered(id, order);
  all = [task, ...all];
  announce({ kind: 'saved', task });
  setTimeout(() => change(id, { state: 'running', remote_id: `vid_${id}`, submitted_at: Date.now() }), 900);
  setTimeout(() => change(id, studio.result(task)), 7000);
  return id;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the arguments are whatever the bindings send */
const answers: Record<string, (args: any) => unknown> = {
  ...keeping.answers(emit, () => all),
  ...desk.answers(emit),
  ...versions.answers(() => all, change, refuse),
  ...pastes.answers({ all: () => all, change }),
  ...history.answers({
    all: () => all,
    put: (tasks) => (all = tasks),
    saved: (task) => announce({ kind: 'saved', task }),
    removed: (ids) => announce(...ids.map((id) => ({ kind: 'removed' as const, id }))),
  }),
  app_state: () => ({ ...app, has_provider: app.has_provider || cards.some((one) => one.ready) }),
  detect_links: ({ text: pasted }) => detect(pasted),
  resolve_links: ({ text: pasted }) => detect(pasted),
  create_tasks: ({ submission }) => submit(submission),
  tasks: ({ desk, before, limit }) => page(desk, before, limit),
  task: ({ id }) => detailOf(id),
  retry_task: ({ id }) => change(id, { state: 'queued', failure: null, ended_at: null, wait: null }),
  cancel_task: ({ id }) => change(id, { state: 'cancelled', cancel_cause: 'before_submit', wait: null, ended_at: Date.now() }),
  resume_task: ({ id }) => change(id, { state: 'running', cancel_cause: null }),
  check_task: () => null,
  adopt_task: ({ id, remoteId }) => change(id, { state: 'running', remote_id: remoteId }),
  resend_task: ({ id }) => change(id, { state: 'queued' }),
  salvage_told: () => ({ ...Object.assign(app, { salvage: null }) }),
  save_daily_limit: ({ provider, id, limit }) => card(provider ?? id, { daily_limit: limit, limit_lifted: false }),
  lift_daily_limit: ({ provider, id }) => {
    for (const task of all) if (task.wait?.reason === 'daily_limit') change(task.id, { wait: null });
    return card(provider ?? id, { limit_lifted: true });
  },
  look_up: ({ id }) => lookUp(id),
  give_up_task: ({ id }) => change(id, { state: 'cancelled', cancel_cause: 'gave_up', ended_at: Date.now() }),
  delete_task: ({ id }) => {
    const task = all.find((one) => one.id === id);
    if (task) trash.set(id, task);
    all = all.filter((one) => one.id !== id);
    announce({ kind: 'removed', id });
    return null;
  },
  restore_task: ({ id }) => {
    const task = trash.get(id);
    if (task) all = [...all, task].sort((a, b) => b.id - a.id);
    if (task) announce({ kind: 'saved', task });
    return null;
  },
  copy_task: ({ id }) => all.find((one) => one.id === id)?.words ?? 0,
  read_clipboard: () => share,
  cover: () => cover,
  providers: () => cards,
  save_provider: ({ id, values, sessionOnly }) => save(id, values, sessionOnly),
  forget_provider: ({ id }) =>
    card(id, {
      ready: false,
      checked_at: null,
      fields: cards.find((one) => one.id === id)!.fields.map((field) => ({ ...field, configured: false, last4: null })),
    }),
  test_provider: ({ id }) => test(id),
  health: () => (show === 'ledger-failed' ? refuse('database_failed') : ledger.all(show)),
  spend_month: ({ month }) => ledger.month(show, month),
  save_spend: ({ month }) => `/data/user/文档/拾文账本 ${month}.csv`,
  settings: () => settings,
  save_settings: ({ settings: saved }) => (settings = saved),
  enter_sandbox: () => ({ ...Object.assign(app, { sandbox: true }) }),
  leave_sandbox: () => ({ ...Object.assign(app, { sandbox: false }) }),
  forms: () => [...texts.forms, ...studio.forms],
  collections: () => studio.collections,
  collection_call: (args) => studio.collectionCall(show, args),
  order: ({ order }) => take(order),
  picture: ({ url }) => studio.picture(url),
  upload_file: () => ({ name: 'clip.mp4', url: 'https://media.example/upload/clip.mp4' }),
  copy_text: ({ text: copied }) => [...copied].length,
  media: () => refuse('media_unavailable'),
  downloads: () => texts.downloads(),
  start_download: ({ task, media }) => texts.download(task, media, query.get('broken'), tell),
  cancel_download: ({ id }) => texts.stop(id, tell),
  resume_download: ({ id }) => {
    texts.run(id, null, tell);
    return texts.change(id, { state: 'running', failure: null });
  },
  choose_download_folder: () => (settings = { ...settings, download_folder: '/data/user/视频' }),
  follow_remote: ({ provider, operation, remoteId }) => followed(provider, operation, remoteId),
  'plugin:event|listen': ({ event, handler }) => listeners.push({ event, handler }),
};
/* eslint-enable @typescript-eslint/no-explicit-any */

async function invoke(command: string, args: unknown): Promise<unknown> {
  asked += 1;
  const slow = (show === 'loading' && (command === 'task' || command === 'tasks')) || (show === 'ledger-loading' && command === 'health');
  await new Promise((done) => setTimeout(done, slow ? 1e7 : command === 'test_provider' ? 500 : 3));
  return answers[command]?.(args) ?? null;
}

Object.assign(window, {
  __TAURI_INTERNALS__: {
    invoke,
    transformCallback: (callback: (message: unknown) => void) => {
      callbacks.set(next, callback);
      return next++;
    },
    metadata: { currentWindow: { label: 'main' }, currentWebview: { label: 'main' } },
  },
  __MOCK__: { announce, change, asked: () => asked },
});

if (show !== 'loading') {
  window.__SHIWEN__ = { app_state: app, settings, tasks: history.page(all, 'texts', 0, 40), providers: cards };
}
