// The only door to Rust: nothing else imports the generated commands and events.

import {
  commands,
  events,
  type AppState,
  type CommandError,
  type Detection,
  type Operation,
  type ProviderId,
  type ProviderView,
  type Settings,
  type Submission,
  type TaskChange,
  type TaskDetail,
  type TaskId,
  type TaskPage,
} from '../bindings';

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

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'AppError';
    this.code = code;
  }
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const result = await answer;
  if (result.status === 'ok') return result.data;
  throw new AppError(result.error.code, result.error.message);
}

export const ipc = {
  appState: (): Promise<AppState> => call(commands.appState()),
  detectLinks: (text: string, operation: Operation): Promise<Detection> => call(commands.detectLinks(text, operation)),
  resolveLinks: (text: string, operation: Operation): Promise<Detection> => call(commands.resolveLinks(text, operation)),
  createTasks: (submission: Submission): Promise<TaskId[]> => call(commands.createTasks(submission)),
  tasks: (before: TaskId | null, limit: number): Promise<TaskPage> => call(commands.tasks(before, limit)),
  task: (id: TaskId): Promise<TaskDetail> => call(commands.task(id)),
  retryTask: (id: TaskId) => call(commands.retryTask(id)),
  cancelTask: (id: TaskId) => call(commands.cancelTask(id)),
  resumeTask: (id: TaskId) => call(commands.resumeTask(id)),
  checkTask: (id: TaskId) => call(commands.checkTask(id)),
  adoptTask: (id: TaskId, remoteId: string) => call(commands.adoptTask(id, remoteId)),
  resendTask: (id: TaskId) => call(commands.resendTask(id)),
  giveUpTask: (id: TaskId) => call(commands.giveUpTask(id)),
  deleteTask: (id: TaskId) => call(commands.deleteTask(id)),
  restoreTask: (id: TaskId) => call(commands.restoreTask(id)),
  copyTask: (id: TaskId, what: CopyWhat): Promise<number> => call(commands.copyTask(id, what)),
  readClipboard: (): Promise<string> => call(commands.readClipboard()),
  copyDiagnostics: (id: TaskId) => call(commands.copyDiagnostics(id)),
  openVideo: (id: TaskId) => call(commands.openVideo(id)),
  openProvider: (id: ProviderId, page: ProviderPage) => call(commands.openProvider(id, page)),
  openDataFolder: () => call(commands.openDataFolder()),
  cover: (id: TaskId): Promise<string | null> => call(commands.cover(id)),
  providers: (): Promise<ProviderView[]> => call(commands.providers()),
  saveProvider: (id: ProviderId, values: Record<string, string>, sessionOnly: boolean): Promise<ProviderView> =>
    call(commands.saveProvider(id, values, sessionOnly)),
  forgetProvider: (id: ProviderId): Promise<ProviderView> => call(commands.forgetProvider(id)),
  testProvider: (id: ProviderId): Promise<ProviderView> => call(commands.testProvider(id)),
  settings: (): Promise<Settings> => call(commands.settings()),
  saveSettings: (settings: Settings): Promise<Settings> => call(commands.saveSettings(settings)),
  enterSandbox: (): Promise<AppState> => call(commands.enterSandbox()),
  leaveSandbox: (): Promise<AppState> => call(commands.leaveSandbox()),
  pageShown: () => call(commands.pageShown()),
  /** Calls `changed` for each batch of changes, from the moment the promise is fulfilled. */
  onTaskChanges: (changed: (changes: TaskChange[]) => void): Promise<() => void> =>
    events.taskChanges.listen((event) => changed(event.payload)),
};
