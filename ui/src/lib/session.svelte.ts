// What the window knows, and everything that the user can do in it.

import { createContext } from 'svelte';
import type { AppState, Download, Export, LookedUp, Media, Operation, Paste as Pasted, PasteId, ProviderId, ProviderView, Selection, Task, TaskChange, TaskDetail, TaskId, TaskState, Timestamp } from '../bindings';
import { Ask } from './ask.svelte';
import { downloadWords, type DownloadRemedy } from './download-words';
import { Detail } from './detail.svelte';
import { Downloads } from './downloads.svelte';
import { Surroundings } from './desktop.svelte';
import { Drafts } from './drafts.svelte';
import { exportWords, fileName, type ExportRemedy } from './export-words';
import { Exports } from './exports.svelte';
import { ordered } from './failover';
import { number, percent } from './format';
import { followers, hintOf, type Following } from './following';
import { Forms } from './forms.svelte';
import { Health } from './health.svelte';
import { AppError, ipc, type Boot, type CopyWhat } from './ipc';
import { t } from './messages.svelte';
import { Notes } from './notes.svelte';
import { Paste } from './paste.svelte';
import { partsLine, pasteTitle } from './paste-words';
import { Pastes } from './pastes.svelte';
import { Preferences } from './preferences.svelte';
import { Providers } from './providers.svelte';
import { Search } from './search.svelte';
import { Select } from './select.svelte';
import { Studio } from './studio/studio.svelte';
import { codeOf, deskOf, titleOf } from './task';
import { TaskRows } from './task-rows.svelte';
import { Toasts } from './toasts.svelte';
import { Trash } from './trash.svelte';
import { Updates } from './updates.svelte';
import { errorWords, stateWords } from './words';

export type View = 'texts' | 'studio' | 'ledger' | 'settings' | 'help';
export type SettingsPage = 'providers' | 'failover' | 'look' | 'paste' | 'network' | 'data' | 'about';

/** More links than this are submitted only after a question. */
const ASK_ABOVE = 3;
/** More tasks than this are moved to the trash only after a question. */
const ASK_TRASH_ABOVE = 50;

export class Session {
  app = $state.raw<AppState | null>(null);
  view = $state<View>('texts');
  settingsPage = $state<SettingsPage>('providers');
  /** In a window too narrow for both, the list or the sheet is shown. */
  pane = $state<'list' | 'sheet'>('list');
  /** The trash is shown instead of the texts. */
  inTrash = $state(false);
  /** A submission is being stored; another one waits for it. */
  submitting = $state(false);
  /** What is in the box would spend more than a few times: the user is asked first. */
  asking = $state(false);
  /** A task is to be followed by its number at a provider; what is chosen of it so far. */
  following = $state.raw<Following | null>(null);
  /** Very many tasks are being changed at once; another change of many waits for it. */
  bulk = $state(false);
  /** So many are to be moved to the trash that the user is asked first. */
  trashing = $state.raw<{ selection: Selection; count: number; exact: boolean; then: () => void } | null>(null);
  /** Tasks that are to be exported: the dialog is open. */
  exporting = $state.raw<Selection | null>(null);
  /** Said politely to screen readers: the newest change of a state. */
  news = $state('');
  /** The same for what needs the user: failed and uncertain. */
  alarm = $state('');
  readonly tasks = new TaskRows();
  readonly pastes = new Pastes((paste) => this.#rested(paste));
  readonly detail = new Detail();
  readonly downloads = new Downloads();
  readonly exports = new Exports();
  readonly providers = new Providers();
  readonly health = new Health();
  readonly preferences = new Preferences();
  readonly search = new Search(() => this.preferences.value.search_order);
  readonly select = new Select();
  readonly bin = new Trash();
  readonly forms = new Forms();
  readonly paste = new Paste(
    () => this.preferences.value.operation,
    () => this.provider,
  );
  readonly ask = new Ask(
    () => this.preferences.value.operation,
    () => this.provider,
    this.forms,
  );
  readonly studio = new Studio(this.forms, () => this.providers.all);
  readonly toasts = new Toasts();
  /** Edits that are not saved. */
  readonly drafts = new Drafts(() => this.app?.data_dir ?? '');
  readonly notes = new Notes();
  readonly desktop = new Surroundings();
  readonly updates = new Updates();

  /** The first start goes on until the user leaves it: a saved key alone does not mean that it works. */
  #settingUp = $state(false);
  /** The states that were said, of tasks of every desk. */
  readonly #said = new Map<TaskId, TaskState>();
  /** When this window began: what ended before did not end in its sight. */
  readonly #since = Date.now();

  /** No task and no provider yet: the first start is shown instead of an empty list. */
  get firstStart(): boolean {
    if (this.app === null || this.app.sandbox || !this.tasks.loaded || this.tasks.total > 0) return false;
    return this.#settingUp || !this.app.has_provider;
  }

  /** The provider that the box is set to: the last used one that can do it, else the first that can. */
  get provider(): ProviderView | undefined {
    const { provider, operation } = this.preferences.value;
    const ready = this.providers.ready(operation);
    return ready.find((one) => one.id === provider) ?? ready[0];
  }

  /** The ones that may be tried after it, where the user wants that. Only one of them translates. */
  get then(): ProviderView[] {
    const { failover, operation, order } = this.preferences.value;
    const first = this.provider;
    if (!failover || first === undefined || this.ask.target !== null) return [];
    return ordered(operation, order, this.providers.all).filter((one) => one.ready && one.id !== first.id);
  }

  /** Tasks of each provider that wait, on every desk that has been read. */
  readonly #queues = $derived.by(() => {
    const queues = new Map<ProviderId, TaskId[]>();
    for (const task of [...this.tasks.all, ...this.studio.works.all, ...this.studio.research.all]) {
      if (task.state !== 'queued') continue;
      const queue = queues.get(task.provider);
      if (queue) queue.push(task.id);
      else queues.set(task.provider, [task.id]);
    }
    return queues;
  });

  /** How many tasks of its provider were queued before this one. */
  aheadOf(task: Task): number {
    return this.#queues.get(task.provider)?.filter((id) => id < task.id).length ?? 0;
  }

  /** The network is gone: said once for all tasks. */
  get offline(): boolean {
    return this.app?.network === 'offline';
  }

  /** What one costs in the provider's unit, where it is published. */
  price(provider: ProviderView | undefined, operation: Operation, model: string | null = null): number | null {
    if (!provider) return null;
    return this.forms.cost(provider.id, operation, model) ?? provider.expected_cost;
  }

  /** Takes what Rust handed over. Nothing is asked for. */
  begin(boot: Boot): void {
    this.preferences.begin(boot.settings, boot.app_state.language);
    this.app = boot.app_state;
    this.providers.begin(boot.providers);
    this.tasks.begin(boot.tasks);
    this.#openFirst();
  }

  /** Listens first, then reads what has not been handed over, and what may have changed in between. */
  async start(): Promise<void> {
    await ipc.onTaskChanges((changes) => this.#changed(changes));
    await ipc.onDownloadChanges((changes) => this.#downloaded(changes));
    await ipc.onExportChanged((change) => this.#exported(change));
    await ipc.onNetworkChanged((network) => this.#network(network));
    await ipc.onHistoryChecked((damaged) => this.#checked(damaged));
    // What the desktop brings is not worth waiting for, nor its failure a word.
    void this.desktop.start((id) => void this.#called(id)).catch(() => undefined);
    void this.updates.start().catch(() => undefined);
    if (this.app === null) {
      const app = await ipc.appState();
      await this.preferences.load(app.language);
      this.app = app;
    } else {
      // The first screen is made before the page is there to listen.
      void ipc.appState().then(({ network, damaged }) => {
        this.#network(network);
        this.#checked(damaged);
      }, () => undefined);
    }
    // What was open before anybody listened may have gone on.
    const open = this.detail.id;
    if (open !== null && this.detail.value?.task.state !== 'succeeded') void this.detail.refresh(open).catch(() => undefined);
    await this.#read();
    this.health.begin();
  }

  /** Does what the user asked for; a failure becomes words in a toast. Answers whether it worked. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (err) {
      const code = err instanceof AppError ? err.code : 'internal';
      this.toasts.fail(errorWords(code));
      // What cannot be read or written may be damaged, which stands above everything.
      if (code === 'database_failed') void this.look();
      return false;
    }
  }

  open(id: TaskId): void {
    this.view = 'texts';
    this.inTrash = false;
    this.pane = 'sheet';
    void this.detail.open(id);
  }

  /** Opens all that was pasted together. */
  openPaste(id: PasteId): void {
    this.view = 'texts';
    this.inTrash = false;
    this.pane = 'sheet';
    this.detail.openPaste(id);
  }

  /** Opens a task on the desk where it stands. */
  showTask(id: TaskId, operation: Operation): void {
    if (deskOf(operation) === 'texts') return this.open(id);
    this.view = 'studio';
    if (deskOf(operation) === 'works') this.studio.show(id);
  }

  /** Asks by a number that its provider does not know at another one: the one that it looks like, else the next. */
  lookUp(task: Task): void {
    const id = task.remote_id ?? '';
    const hint = hintOf(id);
    const others = followers(this.providers.all).filter((one) => one.id !== task.provider);
    const meant = others.find((one) => one.id === hint?.provider);
    const operation = meant && hint ? hint.operation : task.operation;
    this.following = { provider: (meant ?? others[0])?.id ?? task.provider, operation, id };
  }

  /** Looks for an uncertain task at its provider, for nothing. None where that failed. */
  async find(task: Task): Promise<LookedUp | null> {
    let looked: LookedUp | null = null;
    await this.attempt(async () => {
      looked = await ipc.lookUp(task.id);
      // What was learned stands in the ledger, also where the task stays as it is.
      await Promise.all([this.detail.refresh(task.id), this.studio.work.refresh(task.id)]);
    });
    return looked;
  }

  /** Draws everything at another size, in percent. */
  async resize(size: number): Promise<void> {
    if (size === this.preferences.value.font_size) return;
    const done = await this.attempt(() => this.preferences.change({ font_size: size }));
    if (done) this.toasts.show(t('settings.font_size_now', { size: percent(size / 100) }));
  }

  showSettings(page: SettingsPage): void {
    this.view = 'settings';
    this.settingsPage = page;
  }

  /** Submits what is in the box; more than a few links only once the user is sure. Nothing happens while it holds none. */
  async submit(sure = false): Promise<void> {
    if (this.provider === undefined || this.submitting || this.ask.tooLong) return;
    this.submitting = true;
    const settled = await this.attempt(() => this.paste.settle());
    this.submitting = false;
    const { provider } = this;
    const { operation } = this.preferences.value;
    if (!settled || provider === undefined || this.paste.urls.length === 0) {
      this.asking = false;
      return;
    }
    if (!sure && this.paste.urls.length > ASK_ABOVE) {
      this.asking = true;
      return;
    }
    this.asking = false;
    this.submitting = true;
    const wanted = this.paste.submission(provider.id, operation, this.ask, this.then.map((one) => one.id));
    await this.attempt(async () => {
      const ids = await ipc.createTasks(wanted);
      this.paste.clear();
      this.ask.clear();
      const skipped = wanted.urls.length - ids.length;
      if (skipped > 0) this.toasts.show(t(operation === 'transcribe' ? 'toast.skipped' : 'toast.skipped_results', { count: skipped }));
      await this.#openNew(ids);
      // Only a choice is remembered: the one provider of a rare operation must not take the place of the usual one.
      const known = this.preferences.value.provider;
      const choice = known === null || this.providers.ready(operation).length > 1;
      if (choice && known !== provider.id) await this.preferences.change({ provider: provider.id });
    });
    this.submitting = false;
  }

  /** Asks for the same link again, here or at another provider: a new task beside the old one. */
  async askAgain(detail: TaskDetail, provider: ProviderId): Promise<void> {
    const { task, share_text, input } = detail;
    const url = task.link?.url;
    if (url === undefined) return;
    await this.attempt(async () => {
      const ids = await ipc.createTasks({
        share_text,
        urls: [url],
        again: [url],
        provider,
        operation: task.operation,
        target_language: task.target_language,
        // What was filled in is the provider's own.
        input: provider === task.provider ? input : {},
        together: false,
        then: [],
      });
      const id = ids[0];
      if (id !== undefined) this.open(id);
    });
  }

  /** Saves a file of a task into the user's folder. */
  async download(task: TaskId, media: Media): Promise<void> {
    await this.attempt(() => this.downloads.start(task, media));
  }

  /** Does what a download that ended short needs; `renew` is the caller's, since it costs. */
  async mendDownload(download: Download, remedy: Exclude<DownloadRemedy, 'renew'>): Promise<void> {
    await this.attempt(async () => {
      if (remedy === 'open_video') return ipc.openVideo(download.task);
      if (remedy === 'resume' || remedy === 'retry') return this.downloads.resume(download.id);
      if (await this.chooseDownloadFolder()) await this.downloads.start(download.task, download.media);
    });
  }

  /** Does what an export that failed needs, as a new one. */
  async mendExport(failed: Export, remedy: ExportRemedy): Promise<void> {
    const order = this.exports.order(failed.id);
    if (order === undefined) return;
    if (remedy === 'again') await this.exports.start(order);
    else if (remedy === 'csv') await this.exports.start({ ...order, format: 'csv', each: false, path: null });
    else {
      const path = await ipc.chooseExportPath(order.format, order.each);
      if (path !== null) await this.exports.start({ ...order, path });
    }
  }

  /** Lets the user pick where downloads go. Answers whether one was picked. */
  async chooseDownloadFolder(): Promise<boolean> {
    const settings = await ipc.chooseDownloadFolder();
    if (settings !== null) this.preferences.begin(settings);
    return settings !== null;
  }

  /** Asks anew how the program stands. */
  async look(): Promise<void> {
    if (this.app !== null) this.app = await ipc.appState().catch(() => this.app);
  }

  /** The user has read what became of the damaged history. */
  async salvageTold(): Promise<void> {
    await this.attempt(async () => {
      this.app = await ipc.salvageTold();
    });
  }

  clearBox(): void {
    if (this.paste.text === '') return;
    this.toasts.show(t('paste.cleared'), this.paste.clear());
  }

  /** The button beside the box: what the clipboard holds, into the box. */
  async pasteClipboard(): Promise<void> {
    await this.attempt(async () => {
      const text = await ipc.readClipboard();
      if (text.trim() === '') this.toasts.fail(t('paste.empty_clipboard'));
      else await this.paste.add(text);
    });
  }

  /** Copies all texts of a paste, each under its title. */
  async copyPaste(id: PasteId): Promise<void> {
    await this.attempt(async () => {
      const { text, count, words } = await this.pastes.texts(id);
      await ipc.copyText(text);
      this.toasts.show(t('pastes.copied', { count, n: number(words) }));
    });
  }

  async copy(id: TaskId, what: CopyWhat): Promise<void> {
    await this.attempt(async () => {
      const words = await ipc.copyTask(id, what);
      this.toasts.show(what === 'title' ? t('toast.copied_title') : t('toast.copied', { n: number(words) }));
    });
  }

  /** Moves a task to the trash; the row that takes its place is shown next. */
  async remove(id: TaskId): Promise<void> {
    const next = this.#beside(id);
    const named = this.#known(id);
    const name = named ? (titleOf(named) ?? codeOf(named)) : '';
    const title = name === '' ? t('done.untitled') : name;
    const done = await this.attempt(() => ipc.deleteTask(id));
    if (!done) return;
    // The event may have come before the answer.
    if (this.tasks.task(id) !== undefined) this.tasks.apply([{ kind: 'removed', id }]);
    // What stands in the studio is not opened here.
    const opened = next !== undefined && deskOf(next.operation) === 'texts' ? next.id : null;
    if (this.detail.id === id) void this.detail.open(opened);
    this.toasts.show(t('toast.deleted', { title }), () => void this.restore(id), true);
  }

  /** Takes a task out of the trash and shows it. */
  async restore(id: TaskId): Promise<void> {
    const done = await this.attempt(() => ipc.restoreTask(id));
    if (!done) return;
    await this.reload();
    // What was made without a link stands on a desk of its own.
    if (this.studio.task(id) === undefined) this.open(id);
  }

  /** Moves all that is selected to the trash, very many only once the user is sure. `then` runs when they are there. */
  async askTrash(selection: Selection, then: () => void): Promise<void> {
    await this.attempt(async () => {
      const { count, exact } = selection.kind === 'tasks' ? { count: selection.ids.length, exact: true } : await ipc.countFound(selection.query);
      if (count > ASK_TRASH_ABOVE) this.trashing = { selection, count, exact, then };
      else if (await this.trash(selection)) then();
    });
  }

  /** Moves all that is selected to the trash at once, so that it can be taken back at once. */
  async trash(selection: Selection): Promise<boolean> {
    return this.many(t('toast.trashing'), async () => {
      const { count, left, at } = await ipc.trashTasks(selection);
      this.select.clear();
      const stayed = left > 0 ? t('toast.left', { count: left }) : '';
      this.toasts.show(t('toast.trashed', { n: number(count), count }) + stayed, () => void this.restoreAct(at), true);
    });
  }

  /** Changes many tasks at once, which is said while it takes its time. Answers whether it was done. */
  async many(said: string, work: () => Promise<void>): Promise<boolean> {
    if (this.bulk) return false;
    this.bulk = true;
    this.toasts.busy(said);
    const done = await this.attempt(work);
    this.bulk = false;
    return done;
  }

  /** Stars all that is selected, or takes the stars away. */
  async star(selection: Selection, starred: boolean): Promise<void> {
    await this.many(t('toast.changing'), async () => {
      const count = await ipc.starTasks(selection, starred);
      this.toasts.show(t(starred ? 'toast.starred' : 'toast.unstarred', { n: number(count), count }));
    });
  }

  /** Enters or leaves the sandbox: another store, so everything is read anew. */
  async switchSandbox(on: boolean): Promise<void> {
    await this.attempt(async () => {
      const app = on ? await ipc.enterSandbox() : await ipc.leaveSandbox();
      this.paste.clear();
      this.toasts.close();
      this.toasts.forget();
      this.tasks.clear();
      this.pastes.clear();
      this.search.clear();
      this.select.clear();
      this.inTrash = false;
      this.downloads.clear();
      this.exports.clear();
      this.providers.clear();
      this.health.clear();
      this.studio.clear();
      this.drafts.clear();
      this.notes.clear();
      await this.detail.open(null);
      this.app = app;
      this.view = 'texts';
      this.pane = 'list';
      await this.#read();
    });
  }

  /** Looks again whether the data can be opened. */
  async tryAgain(): Promise<void> {
    await this.attempt(async () => {
      this.app = await ipc.appState();
      if (this.app.problem !== null) this.toasts.fail(t('problem.still'));
      else await this.#read();
    });
  }

  /** A provider was saved or forgotten: whether there is one may have changed. */
  async providersChanged(): Promise<void> {
    this.#settingUp = this.firstStart;
    this.app = await ipc.appState();
    await this.studio.reload();
  }

  /** The user has set a provider up and goes on to the texts. */
  async leaveFirstStart(): Promise<void> {
    this.app = await ipc.appState();
    this.#settingUp = false;
  }

  async setOperation(operation: Operation): Promise<void> {
    await this.attempt(async () => {
      await this.preferences.change({ operation });
      // What history has depends on what is asked for.
      await this.paste.refresh();
    });
  }

  /** Takes all out of the trash that was moved there at once. */
  async restoreAct(at: Timestamp): Promise<boolean> {
    return this.many(t('toast.restoring'), async () => {
      const count = await ipc.restoreTrashed(at);
      this.toasts.show(t('toast.restored', { n: number(count), count }));
      await this.reload();
    });
  }

  /** Reads the lists anew. */
  async reload(): Promise<void> {
    await Promise.all([this.tasks.load(), this.studio.load(), this.search.run()]);
  }

  /** A task that is on screen somewhere. */
  #known(id: TaskId): Task | undefined {
    const hit = this.search.hits.placeOf(id);
    const listed = this.tasks.task(id) ?? (hit === undefined ? undefined : this.search.hits.at(hit)?.task) ?? this.studio.task(id);
    const binned = this.bin.rows.placeOf(id);
    return listed ?? (binned === undefined ? undefined : this.bin.rows.at(binned));
  }

  /** The task that stands behind one in the list that is shown, else the one before it. */
  #beside(id: TaskId): Task | undefined {
    if (this.search.active) {
      const { hits } = this.search;
      const place = hits.placeOf(id) ?? -2;
      return (hits.at(place + 1) ?? hits.at(place - 1))?.task;
    }
    const place = this.tasks.placeOf(id) ?? -2;
    return this.tasks.at(place + 1) ?? this.tasks.at(place - 1);
  }

  async #read(): Promise<void> {
    if (this.app?.problem) return;
    const read = await this.attempt(() => Promise.all([this.tasks.load(), this.providers.load(), this.downloads.load(), this.forms.load()]));
    // Only a page that was loaded again has any.
    void this.exports.load().catch(() => undefined);
    if (read && this.detail.id === null && this.detail.paste === null) this.#openFirst();
  }

  #exported(change: Export): void {
    const before = this.exports.of(change.id)?.state;
    this.exports.apply([change]);
    if (before === change.state || change.state === 'cancelled') return;
    const { text } = exportWords(change);
    const said = t('live.export', { name: fileName(change.path), state: text });
    if (change.state === 'failed') this.alarm = said;
    else this.news = said;
    // The open dialog shows it itself.
    if (this.exports.shown === change.id) return;
    if (change.state === 'failed') this.toasts.fail(said);
    else if (change.state === 'done') this.toasts.show(text);
  }

  /** The user clicked a task's notification, or its entry in the tray. */
  async #called(id: TaskId): Promise<void> {
    await this.attempt(async () => {
      const { operation } = this.#known(id) ?? (await ipc.task(id)).task;
      this.showTask(id, operation);
    });
  }

  #network(network: AppState['network']): void {
    const before = this.app?.network;
    if (this.app) this.app = { ...this.app, network };
    if (before !== network) this.news = t(network === 'offline' ? 'banner.offline' : 'live.online');
  }

  /** Damage that is found while the program runs stops it from submitting, so it is said at once. */
  #checked(damaged: boolean): void {
    if (this.app === null || this.app.damaged === damaged) return;
    this.app = { ...this.app, damaged };
    if (damaged) this.alarm = t('banner.damaged');
  }

  /** All of a paste have ended in our sight. */
  #rested(paste: Pasted): void {
    this.news = t('pastes.rested', { title: pasteTitle(paste), parts: partsLine(paste) });
  }

  /** What was just submitted lies open: one task by itself, several as one. */
  async #openNew(ids: readonly TaskId[]): Promise<void> {
    const [first] = ids;
    if (first === undefined) return;
    if (ids.length === 1) return this.open(first);
    this.openPaste(this.#known(first)?.paste ?? (await ipc.task(first)).task.paste);
  }

  #openFirst(): void {
    const first = this.tasks.at(0);
    if (first !== undefined) void this.detail.open(first.id);
  }

  #changed(changes: TaskChange[]): void {
    this.#announce(changes);
    this.tasks.apply(changes);
    this.pastes.apply(changes);
    this.search.apply(changes);
    this.bin.apply(changes);
    this.select.forget(changes.flatMap((change) => (change.kind === 'removed' ? [change.id] : [])));
    this.detail.apply(changes);
    this.studio.apply(changes);
    this.health.changed(changes);
    void this.#dropDrafts(changes);
    const ended = changes.some((change) => change.kind === 'saved' && change.task.ended_at !== null);
    const limited = changes.some((change) => change.kind === 'saved' && change.task.wait?.reason === 'daily_limit');
    // An allowance changes when a task ends; what was spent today is said beside the bound that it has reached.
    if (ended || limited) void this.providers.load().catch(() => undefined);
    if (ended) void this.paste.refresh().catch(() => undefined);
  }

  #downloaded(changes: Download[]): void {
    for (const change of changes) {
      const before = this.downloads.all.find((download) => download.id === change.id)?.state;
      if (before === change.state) continue;
      const said = t('live.download', { name: change.name, state: downloadWords(change).text });
      if (change.state === 'failed') this.alarm = said;
      else if (change.state === 'done') this.news = said;
    }
    this.downloads.apply(changes);
  }

  /** What was deleted for ever leaves no unsaved text behind; what lies in the trash keeps its own. */
  async #dropDrafts(changes: readonly TaskChange[]): Promise<void> {
    const any = changes.some((change) => change.kind === 'reload');
    const removed = changes.flatMap((change) => (change.kind === 'removed' ? [change.id] : []));
    if (!any && removed.length === 0) return;
    const place = this.app?.data_dir;
    for (const id of this.drafts.ids().filter((draft) => any || removed.includes(draft))) {
      const gone = await ipc.task(id).then(() => false, (err: unknown) => err instanceof AppError && err.code === 'task_gone');
      // Another history may lie open by now.
      if (this.app?.data_dir !== place) return;
      if (gone) this.drafts.drop(id);
    }
  }

  #announce(changes: readonly TaskChange[]): void {
    for (const change of changes) {
      if (change.kind === 'removed') {
        // It may come back as it was, which is no news then.
        const state = this.#said.get(change.id) ?? this.#known(change.id)?.state;
        if (state !== undefined) this.#said.set(change.id, state);
      }
      if (change.kind !== 'saved') continue;
      const { task } = change;
      const before = this.#said.get(task.id) ?? this.#known(task.id)?.state;
      this.#said.set(task.id, task.state);
      if (before === task.state) continue;
      // It only came back, from the trash or out of a file.
      if (before === undefined && task.ended_at !== null && task.ended_at < this.#since) continue;
      const title = titleOf(task) ?? t('done.untitled');
      const state = stateWords(task, Date.now()).text;
      if (task.state === 'failed' || task.state === 'uncertain') this.alarm = t('live.state', { title, state });
      else if (task.state !== 'succeeded') this.news = t('live.state', { title, state });
      else if (task.words === null) this.news = t('live.done_plain', { title });
      else this.news = t('live.done', { title, n: number(task.words) });
    }
  }
}

export const [useSession, provideSession] = createContext<Session>();
