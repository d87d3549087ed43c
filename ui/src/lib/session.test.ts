import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppState, Chip, Download, Export, ProviderId, ProviderView, Task, TaskChange, TaskDetail } from '../bindings';
import type * as door from './ipc';
import { AppError, ipc, type Boot } from './ipc';
import { DEFAULTS } from './preferences.svelte';
import { Session } from './session.svelte';

vi.mock('./ipc', async (original) => {
  const real = await original<typeof door>();
  const names = Object.keys(real.ipc) as (keyof typeof real.ipc)[];
  return { AppError: real.AppError, ipc: Object.fromEntries(names.map((name) => [name, vi.fn()])) };
});

const app: AppState = {
  version: '0.1.0',
  language: 'zh-CN',
  sandbox: false,
  sandbox_url: null,
  download_page: false,
  data_dir: '/data',
  downloads_dir: '/data/user/Downloads',
  problem: null,
  owner: true,
  has_provider: true,
  task_count: 1,
  network: 'online',
  salvage: null,
  damaged: false,
};

const momoget = { id: 'momoget', name: 'Momoget', ready: true, operations: ['transcribe'], platforms: [], fields: [] } as unknown as ProviderView;

const task = (id: number, over: Partial<Task> = {}): Task =>
  ({
    id,
    state: 'queued',
    provider: 'momoget',
    operation: 'transcribe',
    wait: null,
    words: null,
    ended_at: null,
    deleted_at: null,
    link: { url: `https://v.douyin.com/${id}/`, platform: 'douyin', title: `视频 ${id}` },
    found: { title: null, cover_url: null },
    ...over,
  }) as Task;

const boot = (ids: number[]): Boot => ({
  app_state: app,
  settings: { ...DEFAULTS, language: 'zh-CN', theme: 'dark' },
  tasks: { tasks: ids.map((id) => task(id)), total: ids.length, before: null },
  providers: [momoget],
});

let announce: (changes: TaskChange[]) => void = () => undefined;

beforeEach(() => {
  vi.resetAllMocks();
  vi.mocked(ipc.onTaskChanges).mockImplementation((changed) => {
    announce = changed;
    return Promise.resolve(() => undefined);
  });
  vi.mocked(ipc.task).mockImplementation((id) => Promise.resolve({ task: task(id) } as TaskDetail));
  vi.mocked(ipc.tasksAt).mockResolvedValue(boot([2, 1]).tasks);
  vi.mocked(ipc.appState).mockResolvedValue(app);
  vi.mocked(ipc.tasks).mockResolvedValue(boot([2, 1]).tasks);
  vi.mocked(ipc.providers).mockResolvedValue([momoget]);
  vi.mocked(ipc.downloads).mockResolvedValue([]);
  vi.mocked(ipc.forms).mockResolvedValue([]);
});

async function withLink(session: Session): Promise<void> {
  const chip = { link: task(3).link, known: null, not_a_work: false } as unknown as Chip;
  vi.mocked(ipc.detectLinks).mockResolvedValue({ chips: [chip], duplicates: 0, notice: null, spans: [] });
  await session.paste.set('看看 https://v.douyin.com/3/');
}

describe('the first screen', () => {
  it('stands without asking for anything but the open task', () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    expect([session.tasks.all.length, session.detail.id, document.documentElement.dataset.theme]).toEqual([2, 2, 'dark']);
    expect(ipc.tasksAt).not.toHaveBeenCalled();
  });

  it('listens before it reads', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    const [listened] = vi.mocked(ipc.onTaskChanges).mock.invocationCallOrder;
    const [read] = vi.mocked(ipc.tasksAt).mock.invocationCallOrder;
    expect(listened).toBeLessThan(read ?? 0);
  });

  it('is the first start where there is neither a task nor a provider', () => {
    const session = new Session();
    session.begin({ ...boot([]), app_state: { ...app, has_provider: false } });
    expect(session.firstStart).toBe(true);
  });

  it('stays the first start while a key is saved and tried, until the user goes on', async () => {
    const session = new Session();
    session.begin({ ...boot([]), app_state: { ...app, has_provider: false } });
    vi.mocked(ipc.appState).mockResolvedValue(app);
    await session.providersChanged();
    await session.providersChanged();
    expect(session.firstStart).toBe(true);
    await session.leaveFirstStart();
    expect(session.firstStart).toBe(false);
  });

  it('reads nothing while the data cannot be opened', async () => {
    vi.mocked(ipc.appState).mockResolvedValue({ ...app, problem: { kind: 'newer', path: '/data' } });
    vi.mocked(ipc.settings).mockResolvedValue(boot([]).settings);
    await new Session().start();
    expect(ipc.tasksAt).not.toHaveBeenCalled();
  });
});

describe('a submission', () => {
  it('empties the box, opens the new task and remembers the provider', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await withLink(session);
    vi.mocked(ipc.createTasks).mockResolvedValue([3]);
    vi.mocked(ipc.saveSettings).mockImplementation((settings) => Promise.resolve(settings));
    await session.submit();
    expect([session.paste.text, session.detail.id, session.preferences.value.provider]).toEqual(['', 3, 'momoget']);
  });

  it('of several links opens all of them as one, and one of them the task', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await withLink(session);
    vi.mocked(ipc.createTasks).mockResolvedValue([3, 4]);
    vi.mocked(ipc.task).mockImplementation((id) => Promise.resolve({ task: task(id, { paste: 9 }) } as TaskDetail));
    vi.mocked(ipc.saveSettings).mockImplementation((settings) => Promise.resolve(settings));
    await session.submit();
    expect([session.detail.paste, session.detail.id, session.pane]).toEqual([9, null, 'sheet']);
    session.open(4);
    expect([session.detail.paste, session.detail.id]).toEqual([null, 4]);
  });

  it('that fails keeps the box and says why', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await withLink(session);
    vi.mocked(ipc.createTasks).mockRejectedValue(new AppError('disk_full', 'no space left'));
    await session.submit();
    expect([session.paste.text, session.toasts.current?.text, session.submitting]).toEqual([
      '看看 https://v.douyin.com/3/',
      '磁盘满了，没有存下。已有的任务号都存好了。',
      false,
    ]);
  });

  it('asked for twice is sent once', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await withLink(session);
    vi.mocked(ipc.createTasks).mockResolvedValue([3]);
    vi.mocked(ipc.saveSettings).mockImplementation((settings) => Promise.resolve(settings));
    await Promise.all([session.submit(), session.submit()]);
    expect(ipc.createTasks).toHaveBeenCalledTimes(1);
  });

  it('does not happen without a provider', async () => {
    const session = new Session();
    session.begin({ ...boot([1]), providers: [{ ...momoget, ready: false }] });
    await withLink(session);
    await session.submit();
    expect(ipc.createTasks).not.toHaveBeenCalled();
  });
});

describe('asking again', () => {
  const detail = (over: Partial<Task> = {}): TaskDetail =>
    ({ task: task(1, { operation: 'analyze', provider: 'rawugc', ...over }), share_text: '看看', input: { prompt: '开头' } }) as unknown as TaskDetail;

  it('sends what was filled in to the same provider, and only to that', async () => {
    const session = new Session();
    session.begin(boot([1]));
    vi.mocked(ipc.createTasks).mockResolvedValue([2]);
    await session.askAgain(detail(), 'rawugc');
    await session.askAgain(detail(), 'momoget');
    expect(vi.mocked(ipc.createTasks).mock.calls.map(([wanted]) => [wanted.again, wanted.input])).toEqual([
      [['https://v.douyin.com/1/'], { prompt: '开头' }],
      [['https://v.douyin.com/1/'], {}],
    ]);
  });

  it('needs a link', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await session.askAgain(detail({ link: null }), 'rawugc');
    expect(ipc.createTasks).not.toHaveBeenCalled();
  });
});

describe('a task', () => {
  it('is shown on its own desk', () => {
    const session = new Session();
    session.begin(boot([1]));
    session.showTask(7, 'generate_video');
    expect([session.view, session.detail.id]).toEqual(['studio', 1]);
    session.showTask(7, 'analyze');
    expect([session.view, session.detail.id]).toEqual(['texts', 7]);
  });
});

describe('a download', () => {
  const download = { id: 4, task: 1, media: { kind: 'video' }, state: 'running', name: 'a.mp4', received: 0, total: 10, speed: null, failure: null } as Download;
  let tell: (changes: Download[]) => void = () => undefined;

  beforeEach(() => {
    vi.mocked(ipc.onDownloadChanges).mockImplementation((changed) => {
      tell = changed;
      return Promise.resolve(() => undefined);
    });
  });

  it('that fails is an alarm, said once; one that ends is news', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    tell([download, { ...download, state: 'failed', received: 4, failure: 'network' }]);
    tell([{ ...download, id: 5, state: 'done' }]);
    expect([session.alarm, session.news]).toEqual(['a.mp4：下载断了，已下的留着。', 'a.mp4：已下载，10 B']);
  });

  it('starts anew in the folder that was picked instead', async () => {
    const session = new Session();
    session.begin(boot([1]));
    vi.mocked(ipc.startDownload).mockResolvedValue(download);
    vi.mocked(ipc.chooseDownloadFolder).mockResolvedValueOnce(null);
    await session.mendDownload(download, 'choose_folder');
    expect(ipc.startDownload).not.toHaveBeenCalled();
    vi.mocked(ipc.chooseDownloadFolder).mockResolvedValueOnce({ ...boot([]).settings, download_folder: '/videos' });
    await session.mendDownload(download, 'choose_folder');
    expect([session.preferences.value.download_folder, vi.mocked(ipc.startDownload).mock.calls]).toEqual(['/videos', [[1, { kind: 'video' }]]]);
  });
});

describe('an export', () => {
  const running: Export = { id: 1, state: 'running', format: 'csv', done: 0, total: 40, path: '/下载/十一月.csv', failure: null };

  async function exporting(): Promise<{ session: Session; tell: (over: Partial<Export>) => void }> {
    let changed: (change: Export) => void = () => undefined;
    vi.mocked(ipc.onExportChanged).mockImplementation((told) => {
      changed = told;
      return Promise.resolve(() => undefined);
    });
    vi.mocked(ipc.startExport).mockResolvedValue(running);
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    await session.exports.start({ selection: { kind: 'tasks', ids: [1] }, format: 'csv', each: false, template: null, path: null });
    return { session, tell: (over) => changed({ ...running, ...over }) };
  }

  it('goes on when its dialog is closed, and says so when it ends', async () => {
    const { session, tell } = await exporting();
    tell({ done: 20 });
    expect([session.news, session.toasts.current]).toEqual(['', null]);
    tell({ state: 'done', done: 40 });
    expect(session.news).toBe('十一月.csv：已导出 40 条');
    expect(session.toasts.current?.text).toBe('已导出 40 条');
  });

  it('is not said twice while its dialog shows it', async () => {
    const { session, tell } = await exporting();
    session.exports.shown = 1;
    tell({ state: 'failed', failure: 'disk_full' });
    expect(session.alarm).toContain('磁盘满了');
    expect(session.toasts.current).toBeNull();
  });

  it('that cannot be written there goes to another place', async () => {
    const { session, tell } = await exporting();
    tell({ state: 'failed', failure: 'unwritable' });
    vi.mocked(ipc.chooseExportPath).mockResolvedValue('/文稿/十一月.csv');
    vi.mocked(ipc.startExport).mockResolvedValue({ ...running, id: 2, path: '/文稿/十一月.csv' });
    const failed = session.exports.of(1);
    if (failed) await session.mendExport(failed, 'other_place');
    expect(vi.mocked(ipc.startExport).mock.lastCall?.[0]).toMatchObject({ format: 'csv', path: '/文稿/十一月.csv' });
    expect(session.exports.running).toBe(1);
  });

  it('stays as it is where no other place is picked', async () => {
    const { session, tell } = await exporting();
    tell({ state: 'failed', failure: 'unwritable' });
    vi.mocked(ipc.chooseExportPath).mockResolvedValue(null);
    const before = vi.mocked(ipc.startExport).mock.calls.length;
    const failed = session.exports.of(1);
    if (failed) await session.mendExport(failed, 'other_place');
    expect(vi.mocked(ipc.startExport).mock.calls.length).toBe(before);
  });
});

describe('a number that its provider does not know', () => {
  it('is looked up at the provider that it looks like, else at another one', () => {
    const session = new Session();
    const jimeng = { ...momoget, id: 'jimeng', operations: ['generate_video'] } as typeof momoget;
    const coze = { ...momoget, id: 'coze' } as typeof momoget;
    session.begin({ ...boot([]), providers: [momoget, coze, jimeng] });
    session.lookUp(task(1, { remote_id: 'cgt-1' }));
    expect(session.following).toEqual({ provider: 'jimeng', operation: 'generate_video', id: 'cgt-1' });
    session.lookUp(task(1, { remote_id: '9c41' }));
    expect(session.following).toEqual({ provider: 'coze', operation: 'transcribe', id: '9c41' });
  });
});

describe('deleting', () => {
  it('shows the next task and can be undone', async () => {
    const session = new Session();
    session.begin(boot([3, 2, 1]));
    await session.remove(3);
    expect([session.tasks.all.map((one) => one.id), session.detail.id]).toEqual([[2, 1], 2]);
    session.toasts.undo();
    await vi.waitFor(() => expect(ipc.restoreTask).toHaveBeenCalledWith(3));
  });
});

describe('the open task', () => {
  const open = async (): Promise<Session> => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await session.start();
    await vi.waitFor(() => expect(session.detail.value?.task.id).toBe(2));
    return session;
  };

  it('is known to lie in the trash when many were deleted at once, and comes back from there', async () => {
    const session = await open();
    vi.mocked(ipc.task).mockResolvedValue({ task: task(2, { deleted_at: 5 }) } as TaskDetail);
    announce([{ kind: 'removed', id: 2 }]);
    await vi.waitFor(() => expect([session.detail.gone, session.detail.value?.task.deleted_at]).toEqual([true, 5]));
    announce([{ kind: 'saved', task: task(2) }]);
    expect([session.detail.gone, session.detail.value?.task.deleted_at]).toEqual([false, null]);
  });

  it('is not shown any more when it was deleted for ever', async () => {
    const session = await open();
    vi.mocked(ipc.task).mockRejectedValue(new AppError('task_gone', ''));
    announce([{ kind: 'reload' }]);
    await vi.waitFor(() => expect([session.detail.gone, session.detail.value]).toEqual([true, null]));
  });
});

describe('an unsaved edit', () => {
  const draft = { text: '改过', version: 1, newest: 1 };

  it('stays while its task lies in the trash, and goes with it for ever', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await session.start();
    session.drafts.put(task(2), draft);
    session.drafts.put(task(1), draft);
    announce([{ kind: 'removed', id: 2 }]);
    await Promise.resolve();
    expect(session.drafts.ids().sort()).toEqual([1, 2]);
    vi.mocked(ipc.task).mockImplementation((id) => (id === 2 ? Promise.reject(new AppError('task_gone', '')) : Promise.resolve({ task: task(id) } as TaskDetail)));
    announce([{ kind: 'reload' }]);
    await vi.waitFor(() => expect(session.drafts.ids()).toEqual([1]));
    session.drafts.drop(1);
  });
});

describe('a change of state', () => {
  it('is said once, and what needs the user as an alarm', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    await session.start();
    announce([
      { kind: 'saved', task: task(2, { state: 'succeeded', words: 412, ended_at: 1 }) },
      { kind: 'saved', task: task(1, { state: 'uncertain' }) },
    ]);
    expect([session.news, session.alarm]).toEqual(['“视频 2”已完成，412 字', '“视频 1”结果未知，可能已扣费']);
  });

  it('is not said of what only comes back from the trash', async () => {
    const session = new Session();
    session.begin(boot([2, 1]));
    vi.mocked(ipc.tasksAt).mockResolvedValue({ tasks: [task(2, { state: 'uncertain' }), task(1)], total: 2, before: null });
    await session.start();
    announce([{ kind: 'removed', id: 2 }]);
    // Deleted in an earlier run, so that nothing is known of it here.
    const old = task(7, { state: 'succeeded', words: 412, ended_at: Date.now() - 60_000 });
    announce([{ kind: 'saved', task: task(2, { state: 'uncertain' }) }, { kind: 'saved', task: old }]);
    expect([session.news, session.alarm]).toEqual(['', '']);
  });

  it('is said of a task that was not in sight before', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    announce([{ kind: 'saved', task: task(7, { state: 'succeeded', words: 412, ended_at: Date.now() + 1 }) }]);
    expect(session.news).toBe('“视频 7”已完成，412 字');
  });
});

describe('how the program stands', () => {
  let network: (network: AppState['network']) => void = () => undefined;

  beforeEach(() => {
    vi.mocked(ipc.onNetworkChanged).mockImplementation((changed) => {
      network = changed;
      return Promise.resolve(() => undefined);
    });
  });

  it('is offline from the word of the engine on, whatever the tasks wait for', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    expect(session.offline).toBe(false);
    network('offline');
    expect([session.offline, session.news]).toEqual([true, '网络已断开']);
    network('online');
    expect([session.offline, session.news]).toEqual([false, '网络恢复了']);
  });

  it('tells of a rescued history until the user has read it', async () => {
    const salvage = { tasks: 3, doubted: 1, from_backup: null, kept_at: '/data/damaged' };
    const session = new Session();
    session.begin({ ...boot([1]), app_state: { ...app, salvage } });
    vi.mocked(ipc.salvageTold).mockRejectedValueOnce(new AppError('database_busy', ''));
    await session.salvageTold();
    expect(session.app?.salvage).toEqual(salvage);
    vi.mocked(ipc.salvageTold).mockResolvedValueOnce(app);
    await session.salvageTold();
    expect(session.app?.salvage).toBeNull();
  });

  it('tells of damage that is found while the program runs', async () => {
    let checked: (damaged: boolean) => void = () => undefined;
    vi.mocked(ipc.onHistoryChecked).mockImplementation((told) => {
      checked = told;
      return Promise.resolve(() => undefined);
    });
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    checked(false);
    expect([session.app?.damaged, session.alarm]).toEqual([false, '']);
    checked(true);
    expect([session.app?.damaged, session.alarm]).toEqual([true, '历史文件损坏，已停止提交']);
  });

  it('is read again once the page listens, for what happened before', async () => {
    vi.mocked(ipc.appState).mockResolvedValue({ ...app, network: 'offline', damaged: true });
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    await vi.waitFor(() => expect([session.offline, session.app?.damaged]).toEqual([true, true]));
  });

  it('is asked for again where the history fails', async () => {
    const session = new Session();
    session.begin(boot([1]));
    vi.mocked(ipc.appState).mockResolvedValue({ ...app, damaged: true });
    await session.attempt(() => Promise.reject(new AppError('database_failed', '')));
    await vi.waitFor(() => expect(session.app?.damaged).toBe(true));
  });
});

describe('a submission', () => {
  const coze = { ...momoget, id: 'coze', name: 'Coze' } as ProviderView;
  const off = { ...momoget, id: 'transcriptgenerate', name: 'TranscriptGenerate', ready: false } as ProviderView;

  async function submitted(settings: Partial<Boot['settings']>): Promise<ProviderId[] | undefined> {
    const session = new Session();
    const first = boot([1]);
    session.begin({ ...first, providers: [momoget, coze, off], settings: { ...first.settings, ...settings } });
    await withLink(session);
    vi.mocked(ipc.createTasks).mockResolvedValue([3]);
    await session.submit(true);
    return vi.mocked(ipc.createTasks).mock.calls[0]?.[0].then;
  }

  it('covers no other provider unless the user wants that', async () => {
    expect(await submitted({})).toEqual([]);
  });

  it('covers the others that are set up, the chosen one first', async () => {
    expect(await submitted({ failover: true })).toEqual(['coze']);
    vi.mocked(ipc.createTasks).mockClear();
    expect(await submitted({ failover: true, provider: 'coze', order: { transcribe: ['transcriptgenerate', 'coze'] } })).toEqual(['momoget']);
  });
});

describe('looking for an uncertain task', () => {
  it('reads it anew, since the ledger knows more', async () => {
    const session = new Session();
    session.begin(boot([1]));
    await vi.waitFor(() => expect(session.detail.value).not.toBeNull());
    vi.mocked(ipc.task).mockClear();
    vi.mocked(ipc.lookUp).mockResolvedValue({ kind: 'not_there' });
    expect(await session.find(task(1, { state: 'uncertain' }))).toEqual({ kind: 'not_there' });
    expect(ipc.task).toHaveBeenCalledWith(1);
  });

  it('answers nothing where the provider could not be asked', async () => {
    const session = new Session();
    session.begin(boot([1]));
    vi.mocked(ipc.lookUp).mockRejectedValue(new AppError('busy_call', ''));
    expect(await session.find(task(1, { state: 'uncertain' }))).toBeNull();
    expect(session.toasts.current).not.toBeNull();
  });
});

describe('the tasks ahead of a queued one', () => {
  it('are those of its provider on any desk that were queued before it', () => {
    const session = new Session();
    session.begin({ ...boot([]), tasks: { tasks: [task(5), task(4, { provider: 'coze' }), task(2), task(1, { state: 'running' })], total: 4, before: null } });
    session.studio.works.begin({ tasks: [task(3, { operation: 'generate_video' })], total: 1, before: null });
    expect([session.aheadOf(task(5)), session.aheadOf(task(4, { provider: 'coze' })), session.aheadOf(task(3)), session.aheadOf(task(2))]).toEqual([2, 0, 1, 0]);
  });
});

describe('the desktop around the window', () => {
  it('opens a task whose notification was clicked on the desk where it stands', async () => {
    let called: (id: number) => void = () => undefined;
    vi.mocked(ipc.onTaskCalled).mockImplementation((handler) => {
      called = handler;
      return Promise.resolve(() => undefined);
    });
    const session = new Session();
    session.begin(boot([2, 1]));
    await session.start();
    vi.mocked(ipc.task).mockResolvedValue({ task: task(40, { operation: 'generate_video' }) } as TaskDetail);
    called(40);
    await vi.waitFor(() => expect(session.view).toBe('studio'));
    called(1);
    await vi.waitFor(() => expect(session.view).toBe('texts'));
    expect(session.detail.id).toBe(1);
  });

  it('is no reason to fail at the start', async () => {
    vi.mocked(ipc.offered).mockRejectedValue(new AppError('internal', ''));
    vi.mocked(ipc.update).mockRejectedValue(new AppError('internal', ''));
    const session = new Session();
    session.begin(boot([1]));
    await session.start();
    expect(session.toasts.current).toBeNull();
  });

  it('draws everything at the size that was asked for, and says which', async () => {
    vi.mocked(ipc.saveSettings).mockImplementation((settings) => Promise.resolve(settings));
    const session = new Session();
    session.begin(boot([1]));
    await session.resize(150);
    expect(session.preferences.value.font_size).toBe(150);
    expect(session.toasts.current?.text).toBe('字号 150%');
    vi.mocked(ipc.saveSettings).mockClear();
    await session.resize(150);
    expect(ipc.saveSettings).not.toHaveBeenCalled();
  });
});
