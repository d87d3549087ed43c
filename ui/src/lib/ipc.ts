// The only door to Rust: nothing else imports the generated commands and events.

import { invoke } from '@tauri-apps/api/core';

import {
  commands,
  events,
  type AppState,
  type Backup,
  type Collection,
  type CommandError,
  type DataSize,
  type Comparison,
  type Desk,
  type Desktop,
  type Detection,
  type Download,
  type DroppedFile,
  type Entry,
  type Export,
  type ExportFormat,
  type ExportOrder,
  type Failure,
  type Fault,
  type Form,
  type HitCount,
  type HitPage,
  type Imported,
  type Items,
  type LookedUp,
  type Media,
  type Network,
  type NetworkTest,
  type Offer,
  type Operation,
  type Order,
  type Paste,
  type PasteId,
  type ProviderHealth,
  type ProviderId,
  type ProviderView,
  type Retried,
  type SearchOrder,
  type Selection,
  type Settings,
  type SpendMonth,
  type Submission,
  type TagCount,
  type TaskChange,
  type TaskDetail,
  type TaskId,
  type TaskPage,
  type TextRef,
  type TidySteps,
  type Timestamp,
  type Transcript,
  type Trashed,
  type Update,
  type Uploaded,
  type Verb,
  type Wish,
} from '../bindings';

/** What the user filled in, by the names of the fields. */
export type Input = Record<string, Entry>;
export type ErrorCode = CommandError['code'];
export type CopyWhat = Parameters<typeof commands.copyTask>[1];
export type ProviderPage = Parameters<typeof commands.openProvider>[1];

/** What Rust hands over before the page loads, so that the first screen needs no round trip. */
export interface Boot {
  app_state: AppState;
  settings: Settings;
  tasks: TaskPage;
  providers: ProviderView[];
}

declare global {
  interface Window {
    __SHIWEN__?: Boot;
  }
}

/** A command that failed. The user reads words chosen by `code`; `message` is for the log. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What is wrong with a form; empty unless the code is `faults`. */
  readonly faults: Fault[];
  /** What the provider said, where it was asked. */
  readonly failure: Failure | null;

  /** When it may be tried again, where that is known. */
  readonly until: number | null;

  constructor(code: ErrorCode, message: string, more: Partial<CommandError> = {}) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.faults = more.faults ?? [];
    this.failure = more.failure ?? null;
    this.until = more.until ?? null;
  }
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const result = await answer;
  if (result.status === 'ok') return result.data;
  throw wrong(result.error);
}

function wrong(error: CommandError): AppError {
  return new AppError(error.code, error.message, error);
}

/** The bytes of a file, whose command no binding can describe. */
async function media(task: TaskId, media: Media): Promise<ArrayBuffer> {
  try {
    return await invoke<ArrayBuffer>('media', { task, media });
  } catch (error) {
    throw wrong(error as CommandError);
  }
}

export const ipc = {
  appState: (): Promise<AppState> => call(commands.appState()),
  detectLinks: (text: string, operation: Operation): Promise<Detection> => call(commands.detectLinks(text, operation)),
  resolveLinks: (text: string, operation: Operation): Promise<Detection> => call(commands.resolveLinks(text, operation)),
  createTasks: (submission: Submission): Promise<TaskId[]> => call(commands.createTasks(submission)),
  forms: (): Promise<Form[]> => call(commands.forms()),
  order: (order: Order): Promise<TaskId> => call(commands.order(order)),
  followRemote: (provider: ProviderId, operation: Operation, remoteId: string): Promise<TaskId> =>
    call(commands.followRemote(provider, operation, remoteId)),
  tasks: (desk: Desk, before: TaskId | null, limit: number): Promise<TaskPage> =>
    call(commands.tasks(desk, before, limit)),
  task: (id: TaskId): Promise<TaskDetail> => call(commands.task(id)),
  retryTask: (id: TaskId) => call(commands.retryTask(id)),
  cancelTask: (id: TaskId) => call(commands.cancelTask(id)),
  resumeTask: (id: TaskId) => call(commands.resumeTask(id)),
  checkTask: (id: TaskId) => call(commands.checkTask(id)),
  adoptTask: (id: TaskId, remoteId: string) => call(commands.adoptTask(id, remoteId)),
  resendTask: (id: TaskId) => call(commands.resendTask(id)),
  lookUp: (id: TaskId): Promise<LookedUp> => call(commands.lookUp(id)),
  giveUpTask: (id: TaskId) => call(commands.giveUpTask(id)),
  deleteTask: (id: TaskId) => call(commands.deleteTask(id)),
  restoreTask: (id: TaskId) => call(commands.restoreTask(id)),
  copyTask: (id: TaskId, what: CopyWhat): Promise<number> => call(commands.copyTask(id, what)),
  copyText: (text: string): Promise<number> => call(commands.copyText(text)),
  readClipboard: (): Promise<string> => call(commands.readClipboard()),
  copyDiagnostics: (id: TaskId) => call(commands.copyDiagnostics(id)),
  openVideo: (id: TaskId) => call(commands.openVideo(id)),
  openPage: (url: string) => call(commands.openPage(url)),
  openProvider: (id: ProviderId, page: ProviderPage) => call(commands.openProvider(id, page)),
  dataSize: (): Promise<DataSize> => call(commands.dataSize()),
  openDataFolder: () => call(commands.openDataFolder()),
  cover: (id: TaskId): Promise<string | null> => call(commands.cover(id)),
  picture: (url: string): Promise<string | null> => call(commands.picture(url)),
  media,
  mediaType: (task: TaskId, media: Media): Promise<string> => call(commands.mediaType(task, media)),
  startDownload: (task: TaskId, media: Media): Promise<Download> => call(commands.startDownload(task, media)),
  cancelDownload: (id: number) => call(commands.cancelDownload(id)),
  resumeDownload: (id: number): Promise<Download> => call(commands.resumeDownload(id)),
  downloads: (): Promise<Download[]> => call(commands.downloads()),
  openDownload: (id: number) => call(commands.openDownload(id)),
  showDownload: (id: number) => call(commands.showDownload(id)),
  chooseDownloadFolder: (): Promise<Settings | null> => call(commands.chooseDownloadFolder()),
  collections: (): Promise<Collection[]> => call(commands.collections()),
  collectionCall: (
    provider: ProviderId,
    collection: string,
    verb: Verb,
    id: string | null,
    input: Input,
  ): Promise<Items> => call(commands.collectionCall(provider, collection, verb, id, input)),
  uploadFile: (provider: ProviderId, extensions: string[]): Promise<Uploaded | null> =>
    call(commands.uploadFile(provider, extensions)),
  providers: (): Promise<ProviderView[]> => call(commands.providers()),
  saveProvider: (id: ProviderId, values: Record<string, string>, sessionOnly: boolean): Promise<ProviderView> =>
    call(commands.saveProvider(id, values, sessionOnly)),
  forgetProvider: (id: ProviderId): Promise<ProviderView> => call(commands.forgetProvider(id)),
  testProvider: (id: ProviderId): Promise<ProviderView> => call(commands.testProvider(id)),
  saveDailyLimit: (id: ProviderId, limit: number | null): Promise<ProviderView> => call(commands.saveDailyLimit(id, limit)),
  liftDailyLimit: (id: ProviderId): Promise<ProviderView> => call(commands.liftDailyLimit(id)),
  health: (): Promise<ProviderHealth[]> => call(commands.health()),
  /** None is this month. */
  spendMonth: (month: string | null): Promise<SpendMonth> => call(commands.spendMonth(month)),
  /** Where the user had it saved; none where they picked nothing. */
  saveSpend: (month: string): Promise<string | null> => call(commands.saveSpend(month)),
  settings: (): Promise<Settings> => call(commands.settings()),
  saveSettings: (settings: Settings): Promise<Settings> => call(commands.saveSettings(settings)),
  enterSandbox: (): Promise<AppState> => call(commands.enterSandbox()),
  leaveSandbox: (): Promise<AppState> => call(commands.leaveSandbox()),
  salvageTold: (): Promise<AppState> => call(commands.salvageTold()),
  pageBegun: () => call(commands.pageBegun()),
  pageShown: () => call(commands.pageShown()),
  paste: (id: PasteId): Promise<Paste> => call(commands.paste(id)),
  pausePaste: (id: PasteId): Promise<Paste> => call(commands.pausePaste(id)),
  resumePaste: (id: PasteId): Promise<Paste> => call(commands.resumePaste(id)),
  /** Answers how many were cancelled. */
  cancelWaiting: (id: PasteId): Promise<number> => call(commands.cancelWaiting(id)),
  retryFailed: (id: PasteId): Promise<Retried> => call(commands.retryFailed(id)),
  /** None takes the name away. */
  namePaste: (id: PasteId, name: string | null): Promise<Paste> => call(commands.namePaste(id, name)),
  /** From a place in the list, by position. */
  tasksAt: (desk: Desk, from: number, limit: number): Promise<TaskPage> => call(commands.tasksAt(desk, from, limit)),
  search: (text: string, order: SearchOrder, after: string | null, limit: number): Promise<HitPage> =>
    call(commands.search(text, order, after, limit)),
  countFound: (text: string): Promise<HitCount> => call(commands.countFound(text)),
  tags: (): Promise<TagCount[]> => call(commands.tags()),
  starTasks: (selection: Selection, starred: boolean): Promise<number> => call(commands.starTasks(selection, starred)),
  tagTasks: (selection: Selection, add: string[], remove: string[]): Promise<number> =>
    call(commands.tagTasks(selection, add, remove)),
  saveNote: (id: TaskId, note: string) => call(commands.saveNote(id, note)),
  trashTasks: (selection: Selection): Promise<Trashed> => call(commands.trashTasks(selection)),
  /** Takes back what was moved to the trash at once. */
  restoreTrashed: (at: Timestamp): Promise<number> => call(commands.restoreTrashed(at)),
  trash: (before: TaskId | null, limit: number): Promise<TaskPage> => call(commands.trash(before, limit)),
  restoreTasks: (ids: TaskId[]): Promise<number> => call(commands.restoreTasks(ids)),
  deleteForEver: (ids: TaskId[]): Promise<number> => call(commands.deleteForEver(ids)),
  emptyTrash: (): Promise<number> => call(commands.emptyTrash()),
  saveText: (id: TaskId, text: string): Promise<Transcript> => call(commands.saveText(id, text)),
  restoreText: (id: TaskId, version: number): Promise<Transcript> => call(commands.restoreText(id, version)),
  deleteText: (id: TaskId, version: number) => call(commands.deleteText(id, version)),
  compare: (a: TextRef, b: TextRef): Promise<Comparison> => call(commands.compare(a, b)),
  previewTidy: (text: TextRef, steps: TidySteps): Promise<Comparison> => call(commands.previewTidy(text, steps)),
  saveTidied: (text: TextRef, steps: TidySteps): Promise<Transcript> => call(commands.saveTidied(text, steps)),
  startExport: (order: ExportOrder): Promise<Export> => call(commands.startExport(order)),
  cancelExport: (id: number) => call(commands.cancelExport(id)),
  exports: (): Promise<Export[]> => call(commands.exports()),
  chooseExportPath: (format: ExportFormat, each: boolean): Promise<string | null> =>
    call(commands.chooseExportPath(format, each)),
  openExport: (id: number) => call(commands.openExport(id)),
  showExport: (id: number) => call(commands.showExport(id)),
  previewTemplate: (template: string, id: TaskId): Promise<string> => call(commands.previewTemplate(template, id)),
  /** Answers how many rows were copied. */
  copyTable: (selection: Selection): Promise<number> => call(commands.copyTable(selection)),
  makeBackup: (): Promise<Backup> => call(commands.makeBackup()),
  saveBackupAs: (): Promise<Backup | null> => call(commands.saveBackupAs()),
  backups: (): Promise<Backup[]> => call(commands.backups()),
  chooseBackup: (): Promise<string | null> => call(commands.chooseBackup()),
  /** The program starts again with it. */
  restoreBackup: (path: string) => call(commands.restoreBackup(path)),
  chooseImportFile: (): Promise<string | null> => call(commands.chooseImportFile()),
  importFile: (path: string): Promise<Imported> => call(commands.importFile(path)),
  /** Answers how many tasks were indexed anew. */
  rebuildIndex: (): Promise<number> => call(commands.rebuildIndex()),
  /** The program starts again with nothing. */
  deleteEverything: (backups: boolean) => call(commands.deleteEverything(backups)),
  /** What this desktop lets the program do. */
  desktop: (): Promise<Desktop> => call(commands.desktop()),
  setAutostart: (on: boolean): Promise<Desktop> => call(commands.setAutostart(on)),
  answerClose: (choice: 'tray' | 'quit', remember: boolean) => call(commands.answerClose(choice, remember)),
  offered: (): Promise<Offer | null> => call(commands.offered()),
  declineOffer: () => call(commands.declineOffer()),
  /** Is taken with it: it is told once. */
  wished: (): Promise<Wish | null> => call(commands.wished()),
  testNetwork: (provider: ProviderId, proxy: string | null): Promise<NetworkTest> => call(commands.testNetwork(provider, proxy)),
  copyWholeDiagnostics: () => call(commands.copyWholeDiagnostics()),
  openLog: () => call(commands.openLog()),
  update: (): Promise<Update> => call(commands.update()),
  checkUpdate: (): Promise<Update> => call(commands.checkUpdate()),
  installUpdate: (): Promise<Update> => call(commands.installUpdate()),
  openDownloadPage: () => call(commands.openDownloadPage()),
  onClipboardOffered: (offered: (offer: Offer | null) => void): Promise<() => void> =>
    events.clipboardOffered.listen((event) => offered(event.payload)),
  onCloseAsked: (asked: () => void): Promise<() => void> => events.closeAsked.listen(() => asked()),
  onWished: (wished: (wish: Wish) => void): Promise<() => void> => events.wished.listen((event) => wished(event.payload)),
  onFilesDropped: (dropped: (files: DroppedFile[]) => void): Promise<() => void> => events.filesDropped.listen((event) => dropped(event.payload)),
  onTextCalled: (called: (text: string) => void): Promise<() => void> => events.textCalled.listen((event) => called(event.payload)),
  onTaskCalled: (called: (id: TaskId) => void): Promise<() => void> => events.taskCalled.listen((event) => called(event.payload)),
  onUpdateChanged: (changed: (update: Update) => void): Promise<() => void> =>
    events.updateChanged.listen((event) => changed(event.payload)),
  onExportChanged: (changed: (change: Export) => void): Promise<() => void> =>
    events.exportChanged.listen((event) => changed(event.payload)),
  /** Calls `changed` for each batch of changes, from the moment the promise is fulfilled. */
  onTaskChanges: (changed: (changes: TaskChange[]) => void): Promise<() => void> =>
    events.taskChanges.listen((event) => changed(event.payload)),
  onDownloadChanges: (changed: (changes: Download[]) => void): Promise<() => void> =>
    events.downloadChanges.listen((event) => changed(event.payload)),
  onNetworkChanged: (changed: (network: Network) => void): Promise<() => void> =>
    events.networkChanged.listen((event) => changed(event.payload)),
  onHistoryChecked: (checked: (damaged: boolean) => void): Promise<() => void> =>
    events.historyChecked.listen((event) => checked(event.payload.damaged)),
};
