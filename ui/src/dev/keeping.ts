// Exports, backups and imports as the stand-in for Rust plays them.

import type { Backup, Export, ExportFailure, ExportOrder, Imported, Task } from '../bindings';

const query = new URLSearchParams(location.search);
const HOUR = 3_600_000;

type Emit = (event: string, payload: unknown) => void;

let files: Export[] = [];
const timers = new Map<number, ReturnType<typeof setInterval>>();

function change(id: number, over: Partial<Export>, emit: Emit): void {
  files = files.map((file) => (file.id === id ? { ...file, ...over } : file));
  emit('export-changed', files.find((file) => file.id === id));
}

/** Plays an export of a few seconds. `?unwritten=disk_full` lets it end so, `?still` keeps it where it is. */
function start(order: ExportOrder, emit: Emit): Export {
  const total = order.selection.kind === 'tasks' ? order.selection.ids.length : Number(query.get('found') ?? 1000);
  const folder = '/data/user/下载';
  const name = order.each ? '拾文导出 2026-11-20' : `拾文导出 2026-11-20.${order.format}`;
  const made: Export = { id: files.length + 1, state: 'running', format: order.format, done: 0, total, path: order.path ?? `${folder}/${name}`, failure: null };
  files = [...files, made];
  const failure = query.get('unwritten') as ExportFailure | null;
  let done = query.has('still') ? total * 0.4 : 0;
  const timer = setInterval(() => {
    if (!query.has('still')) done = Math.min(total, done + total / 12);
    const ends = done >= total || (failure !== null && done > total / 3);
    if (ends) clearInterval(timer);
    if (ends && failure !== null) change(made.id, { state: 'failed', failure }, emit);
    else change(made.id, { state: ends ? 'done' : 'running', done: Math.round(done) }, emit);
  }, 250);
  timers.set(made.id, timer);
  return made;
}

let kept: Backup[] = query.has('nobackups')
  ? []
  : [5, 29, 53, 60, 75, 220, 390].map((hours, at) => ({ kind: (['daily', 'daily', 'wished', 'replaced', 'daily', 'migration', 'daily'] as const)[at] ?? 'daily', path: `/data/user/backups/shiwen-${hours}.db`, at: Date.now() - hours * HOUR, bytes: 41_200_000 - hours * 20_000 }));

const imported: Imported = { added: 12, merged: 3, known: 40, skipped: 0 };

const values: Record<string, string> = {
  title: '为什么你炒的青菜总是发黄？师傅只多做了一步', author: '灶边老周', platform: '抖音', words: '412', date: '2026-11-20', url: 'https://v.douyin.com/iRNBho5m/',
  text: '你有没有发现，同样一把青菜，饭店端上来是碧绿的，自己在家一炒就发黄、出水、还塌成一团？今天我把后厨里最不起眼的一步讲给你听，学会了，以后炒青菜都不会发黄。\n\n先说为什么会黄。叶绿素怕两样东西，一个是酸，一个是闷。',
};

const open = (tasks: Task[]): Task[] => tasks.filter((task) => ['submitting', 'running', 'uncertain'].includes(task.state));

/* eslint-disable @typescript-eslint/no-explicit-any -- the arguments are whatever the bindings send */
export function answers(emit: Emit, tasks: () => Task[]): Record<string, (args: any) => unknown> {
  return {
    data_size: () => ({ history: 86_400_000, works: 412_000_000, backups: 191_000_000 }),
    count_found: ({ text }) => ({ count: (text as string).startsWith('state:') ? open(tasks()).length : Number(query.get('found') ?? 1000), exact: true }),
    search: ({ text, limit }) => {
      const found = (text as string).startsWith('state:') ? open(tasks()) : tasks();
      return { hits: found.slice(0, limit).map((task) => ({ task, title_marks: [], excerpt: null, count: 0 })), after: null, query: null };
    },
    start_export: ({ order }) => start(order, emit),
    cancel_export: ({ id }) => {
      clearInterval(timers.get(id));
      change(id, { state: 'cancelled' }, emit);
      return null;
    },
    exports: () => files,
    choose_export_path: ({ format, each }) => (each ? '/data/user/文稿/十一月' : `/data/user/文稿/十一月的探店文案.${format}`),
    preview_template: ({ template }) => (template as string).replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? ''),
    copy_table: ({ selection }) => (selection.kind === 'tasks' ? selection.ids.length : Number(query.get('found') ?? 1000)),
    make_backup: () => {
      const made: Backup = { kind: 'wished', path: `/data/user/backups/wished-${Date.now()}.db`, at: Date.now(), bytes: 41_300_000 };
      kept = [made, ...kept];
      return made;
    },
    save_backup_as: () => ({ kind: 'wished', path: '/data/user/文稿/拾文备份.db', at: Date.now(), bytes: 41_300_000 }),
    backups: () => kept,
    choose_backup: () => '/media/usb/拾文备份.db',
    restore_backup: () => null,
    choose_import_file: () => '/data/user/下载/拾文导出.json',
    import_file: () => imported,
    rebuild_index: () => 1284,
    delete_everything: () => null,
  };
}
/* eslint-enable @typescript-eslint/no-explicit-any */
