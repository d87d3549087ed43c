import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";
import * as __TAURI_EVENT from "@tauri-apps/api/event";

/** Commands */
export const commands = {
	appState: () => typedError<AppState, CommandError>(__TAURI_INVOKE("app_state")),
	detectLinks: (text: string) => typedError<Detection, CommandError>(__TAURI_INVOKE("detect_links", { text })),
	createTasks: (submission: Submission) => typedError<TaskId[], CommandError>(__TAURI_INVOKE("create_tasks", { submission })),
	tasks: (before: TaskId | null, limit: number) => typedError<TaskPage, CommandError>(__TAURI_INVOKE("tasks", { before, limit })),
	task: (id: TaskId) => typedError<TaskDetail, CommandError>(__TAURI_INVOKE("task", { id })),
	retryTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("retry_task", { id })),
	cancelTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("cancel_task", { id })),
	resumeTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("resume_task", { id })),
	checkTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("check_task", { id })),
	adoptTask: (id: TaskId, remoteId: string) => typedError<null, CommandError>(__TAURI_INVOKE("adopt_task", { id, remoteId })),
	resendTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("resend_task", { id })),
	giveUpTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("give_up_task", { id })),
	deleteTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("delete_task", { id })),
	restoreTask: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("restore_task", { id })),
	copyTask: (id: TaskId, what: CopyWhat) => typedError<number, CommandError>(__TAURI_INVOKE("copy_task", { id, what })),
	readClipboard: () => typedError<string, CommandError>(__TAURI_INVOKE("read_clipboard")),
	copyDiagnostics: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("copy_diagnostics", { id })),
	openVideo: (id: TaskId) => typedError<null, CommandError>(__TAURI_INVOKE("open_video", { id })),
	openProvider: (id: ProviderId, page: ProviderPage) => typedError<null, CommandError>(__TAURI_INVOKE("open_provider", { id, page })),
	openDataFolder: () => typedError<null, CommandError>(__TAURI_INVOKE("open_data_folder")),
	cover: (id: TaskId) => typedError<string | null, CommandError>(__TAURI_INVOKE("cover", { id })),
	providers: () => typedError<ProviderView[], CommandError>(__TAURI_INVOKE("providers")),
	saveProvider: (id: ProviderId, values: { [key in string]: string }, sessionOnly: boolean) => typedError<ProviderView, CommandError>(__TAURI_INVOKE("save_provider", { id, values, sessionOnly })),
	forgetProvider: (id: ProviderId) => typedError<ProviderView, CommandError>(__TAURI_INVOKE("forget_provider", { id })),
	testProvider: (id: ProviderId) => typedError<ProviderView, CommandError>(__TAURI_INVOKE("test_provider", { id })),
	settings: () => typedError<Settings, CommandError>(__TAURI_INVOKE("settings")),
	saveSettings: (settings: Settings) => typedError<Settings, CommandError>(__TAURI_INVOKE("save_settings", { settings })),
	enterSandbox: () => typedError<AppState, CommandError>(__TAURI_INVOKE("enter_sandbox")),
	leaveSandbox: () => typedError<AppState, CommandError>(__TAURI_INVOKE("leave_sandbox")),
	pageShown: () => typedError<null, CommandError>(__TAURI_INVOKE("page_shown")),
};

/** Events */
export const events = {
	taskChanges: makeEvent<TaskChanges>("task-changes"),
};

/* Types */
export type Allowance = { unit: Unit, left: number | null, total: number | null, period: string | null, learned_at: Timestamp };

export type AppState = { version: string, sandbox: boolean, sandbox_url: string | null, data_dir: string, problem: StartProblem | null, owner: boolean, has_provider: boolean, task_count: number };

export type Attempt = { id: AttemptId, number: number, provider: ProviderId, intent_at: Timestamp, ended_at: Timestamp | null, outcome: Outcome | null, remote_id: string | null, failure: Failure | null };

export type AttemptId = number;

export type CancelCause = "before_submit" | "stopped_waiting" | "gave_up";

export type Charged = "no" | "yes" | "unknown";

export type Chip = { link: Link, known: Known | null, not_a_work: boolean };

export type CommandError = { code: ErrorCode, message: string };

export type CopyWhat = "text" | "title" | "title_text" | "title_text_link";

export type Detection = { chips: Chip[], duplicates: number, notice: Notice | null, spans: [number, number][] };

export type ErrorCode = "no_link" | "not_ready" | "task_gone" | "wrong_state" | "invalid_field" | "invalid_id" | "keychain_missing" | "keychain_no_collection" | "keychain_locked" | "keychain_failed" | "disk_full" | "database_busy" | "database_failed" | "clipboard_failed" | "open_refused" | "sandbox_failed" | "internal";

export type Failure = { kind: FailureKind, charged: Charged, provider: ProviderId, http_status: number | null, code: string | null, message: string | null, trace_id: string | null, retry_after_s: number | null };

export type FailureKind = "invalid-input" | "unsupported-platform" | "unauthorized" | "forbidden" | "not-found" | "quota-exhausted" | "membership-required" | "concurrency-full" | "rate-limited" | "provider-internal" | "network" | "malformed-response";

export type FieldView = { name: string, secret: boolean, required: boolean, value: string | null, configured: boolean, last4: string | null, choices: string[] };

export type Found = { title: string | null, author: string | null, duration_s: number | null, cover_url: string | null, media_url: string | null, learned_at: Timestamp | null };

export type Known = { task: TaskId, state: TaskState, title: string | null, created_at: Timestamp };

export type Language = "system" | "zh-CN" | "en";

export type Link = { url: string, platform: Platform, kind: LinkKind, id: string | null, canonical: string | null, title: string | null };

export type LinkKind = "short" | "video" | "note" | "images" | "live" | "user" | "collection" | "music" | "topic" | "article" | "search" | "other";

export type Notice = "no_link" | "command_only" | "looks_like_secret";

export type Operation = "transcribe" | "resolve" | "analyze" | "generate_video" | "generate_image" | "generate_music";

export type Outcome = "accepted" | "rejected" | "not-sent" | "unknown" | "crashed";

export type Platform = "douyin" | "kuaishou" | "xiaohongshu" | "bilibili" | "toutiao" | "tiktok" | "weibo" | "ixigua" | "wechat_channels" | "youtube" | "other";

export type ProviderId = "momoget" | "coze" | "transcriptgenerate" | "rawugc" | "jimeng";

export type ProviderPage = "signup" | "console";

export type ProviderView = { id: ProviderId, name: string, fields: FieldView[], operations: Operation[], unit: Unit, ready: boolean, session_only: boolean, signup_url: string, console_url: string, allowance: Allowance | null, checked_at: Timestamp | null, check_failure: Failure | null, spent_today: number, expected_cost: number | null, charged_on_failure: Charged };

export type Settings = { language: Language, theme: Theme, provider: ProviderId | null, operation: Operation, proxy: string };

export type StartProblem = { kind: StartProblemKind, path: string };

export type StartProblemKind = "newer" | "damaged" | "busy" | "unwritable";

export type Submission = { share_text: string, urls: string[], again: string[], provider: ProviderId, operation: Operation, target_language: string | null };

export type Task = { id: TaskId, operation: Operation, provider: ProviderId, state: TaskState, wait: Wait | null, stalled: boolean, progress: number | null, cancel_cause: CancelCause | null, failure: Failure | null, remote_id: string | null, link: Link, target_language: string | null, found: Found, words: number | null, created_at: Timestamp, submitted_at: Timestamp | null, ended_at: Timestamp | null, next_poll_at: Timestamp | null };

export type TaskChange = { kind: "saved", task: Task } | { kind: "removed", id: TaskId } | { kind: "reload" };

export type TaskChanges = TaskChange[];

export type TaskDetail = { task: Task, share_text: string, transcripts: Transcript[], attempts: Attempt[], ahead: number, usual_s: number | null };

export type TaskId = number;

export type TaskPage = { tasks: Task[], total: number, before: TaskId | null };

export type TaskState = "queued" | "submitting" | "running" | "succeeded" | "failed" | "cancelled" | "uncertain";

export type Theme = "system" | "light" | "dark";

export type Timestamp = number;

export type Transcript = { version: number, kind: TranscriptKind, text: string, words: number, incomplete: boolean, created_at: Timestamp };

export type TranscriptKind = "provider" | "tidied" | "edited";

export type Unit = "use" | "second" | "run" | "credit";

export type Wait = { reason: WaitReason, until: Timestamp | null };

export type WaitReason = "slot" | "rate" | "offline" | "daily_limit" | "paused" | "key" | "not_sent" | "gave_up_sending" | "disk_full";

/* Tauri Specta runtime */
async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (e) {
        if (e instanceof Error) throw e;
        return { status: "error", error: e as any };
    }
}

function makeEvent<T>(name: string) {
    return {
        listen: (cb: __TAURI_EVENT.EventCallback<T>) => __TAURI_EVENT.listen(name, cb),
        once: (cb: __TAURI_EVENT.EventCallback<T>) => __TAURI_EVENT.once(name, cb),
        emit: (payload: T) => __TAURI_EVENT.emit(name, payload) as unknown as Promise<void>,
    };
}
