// What the window says about each word that Rust sends. Every table is typed by its list, so a new word does not
// compile until it has been given its own.

import type {
  Allowance,
  CancelCause,
  LinkKind,
  Notice,
  Operation,
  Outcome,
  Platform,
  ProviderId,
  ProviderView,
  StartProblem,
  Task,
  TaskState,
  Unit,
  WaitReason,
} from '../bindings';
import { failureHeadline, type Remedy } from './failures';
import { duration, elapsed, number } from './format';
import type { IconName } from './icons';
import type { ErrorCode } from './ipc';
import { t, type MessageKey } from './messages.svelte';
import type { Refusal } from './paste.svelte';

export { chargedWords, failureHeadline, failureWords, remedyIcons, remedyNames, type FailureWords, type Remedy } from './failures';
export { providerName } from './names';

export const platformNames: Record<Platform, MessageKey> = {
  douyin: 'platform.douyin',
  kuaishou: 'platform.kuaishou',
  xiaohongshu: 'platform.xiaohongshu',
  bilibili: 'platform.bilibili',
  toutiao: 'platform.toutiao',
  tiktok: 'platform.tiktok',
  weibo: 'platform.weibo',
  ixigua: 'platform.ixigua',
  wechat_channels: 'platform.wechat_channels',
  youtube: 'platform.youtube',
  other: 'platform.other',
};

/** The one character on a platform's seal: a drawing, the same in every language. */
export const seals: Record<Platform, string> = {
  douyin: '抖',
  kuaishou: '快',
  xiaohongshu: '红',
  bilibili: 'B',
  toutiao: '头',
  tiktok: 'T',
  weibo: '微',
  ixigua: '西',
  wechat_channels: '视',
  youtube: 'Y',
  other: '链',
};

/** The same where there is no link, by what was asked. */
export const operationSeals: Record<Operation, string> = {
  transcribe: '文',
  resolve: '息',
  analyze: '析',
  generate_video: '影',
  generate_image: '图',
  generate_music: '音',
  captions: '字',
  overlay: '题',
  scrape: '寻',
  plan: '策',
};

export const operationNames: Record<Operation, MessageKey> = {
  transcribe: 'operation.transcribe',
  resolve: 'operation.resolve',
  analyze: 'operation.analyze',
  generate_video: 'operation.generate_video',
  generate_image: 'operation.generate_image',
  generate_music: 'operation.generate_music',
  captions: 'operation.captions',
  overlay: 'operation.overlay',
  scrape: 'operation.scrape',
  plan: 'operation.plan',
};

export const providerAbout: Record<ProviderId, MessageKey> = {
  momoget: 'provider.momoget.about',
  transcriptgenerate: 'provider.transcriptgenerate.about',
  coze: 'provider.coze.about',
  rawugc: 'provider.rawugc.about',
  jimeng: 'provider.jimeng.about',
};

/** An amount in the provider's own unit, which is never converted: `2 次`, `128 点`, `1 分 40 秒额度`. */
export function amount(unit: Unit, count: number): string {
  switch (unit) {
    case 'use':
      return t('amount.use', { count: number(count) });
    case 'run':
      return t('amount.run', { count: number(count) });
    case 'credit':
      return t('amount.credit', { count: number(count) });
    case 'second':
      return t('amount.seconds', { time: duration(count) });
  }
}

/** What is left of an allowance: `剩 37 次`. */
export function left(allowance: Allowance): string {
  if (allowance.left === null) return t('amount.unlimited');
  const rest = amount(allowance.unit, allowance.left);
  if (allowance.total === null) return t('amount.left', { amount: rest });
  return t('amount.left_of', { amount: rest, total: amount(allowance.unit, allowance.total) });
}

const DAY = 86_400_000;
/** Days before its end from which on a token is a worry. */
const SOON = 7;

/** How long a token is still good. */
export function expiryWords(at: number, now: number): { text: string; soon: boolean } {
  if (at <= now) return { text: t('settings.expired'), soon: true };
  const days = Math.ceil((at - now) / DAY);
  return { text: t('settings.expires_in', { count: days }), soon: days <= SOON };
}

/** How a provider is paid, for the choice of one. */
export function payment(provider: ProviderView): string {
  switch (provider.unit) {
    case 'use':
      return provider.expected_cost === null
        ? t('pay.use_unknown')
        : t('pay.use', { amount: amount('use', provider.expected_cost) });
    case 'second':
      return t('pay.second');
    case 'run':
      return t('pay.run');
    case 'credit':
      return t('pay.credit');
  }
}

/** The colour of a state: quiet where all is normal. */
export type Tone = 'wait' | 'live' | 'done' | 'fail' | 'doubt' | 'off';

export interface StateWords {
  icon: IconName;
  tone: Tone;
  text: string;
  /** The icon turns: something happens right now. */
  turning: boolean;
}

const states: Record<TaskState, { icon: IconName; tone: Tone; name: MessageKey }> = {
  queued: { icon: 'queue', tone: 'wait', name: 'state.queued' },
  submitting: { icon: 'send', tone: 'live', name: 'state.submitting' },
  running: { icon: 'live', tone: 'live', name: 'state.running' },
  succeeded: { icon: 'check', tone: 'done', name: 'state.succeeded' },
  failed: { icon: 'fail', tone: 'fail', name: 'state.failed' },
  uncertain: { icon: 'doubt', tone: 'doubt', name: 'state.uncertain_short' },
  cancelled: { icon: 'cancel', tone: 'off', name: 'state.cancelled' },
};

/** A state by itself, for the help page. */
export function stateName(state: TaskState): StateWords {
  const { icon, tone, name } = states[state];
  return { icon, tone, text: t(name), turning: false };
}

const waits: Record<WaitReason, { icon: IconName; text: MessageKey; explained: MessageKey }> = {
  slot: { icon: 'queue', text: 'wait.slot', explained: 'queued.slot' },
  rate: { icon: 'queue', text: 'wait.rate', explained: 'queued.rate' },
  offline: { icon: 'offline', text: 'wait.offline', explained: 'queued.offline' },
  daily_limit: { icon: 'queue', text: 'wait.daily_limit', explained: 'queued.daily_limit' },
  paused: { icon: 'queue', text: 'wait.paused', explained: 'queued.paused' },
  key: { icon: 'key', text: 'wait.key', explained: 'queued.key' },
  not_sent: { icon: 'offline', text: 'wait.not_sent', explained: 'queued.not_sent' },
  gave_up_sending: { icon: 'offline', text: 'wait.gave_up_sending', explained: 'queued.gave_up_sending' },
  disk_full: { icon: 'folder', text: 'wait.disk_full', explained: 'queued.disk_full' },
};

/** Why a queued task waits, in a sentence. */
export function waitExplained(reason: WaitReason | null, provider: string): string {
  return reason === null ? t('queued.next') : t(waits[reason].explained, { provider });
}

/** The one thing to do about a wait; most need nothing. */
export function waitRemedy(reason: WaitReason | null): Remedy | null {
  switch (reason) {
    case 'key':
      return 'check_key';
    case 'not_sent':
      return 'check_proxy';
    case 'gave_up_sending':
      return 'try_again';
    case 'disk_full':
      return 'open_folder';
    case 'slot':
    case 'rate':
    case 'offline':
    case 'daily_limit':
    case 'paused':
    case null:
      return null;
  }
}

function waitLine(task: Task, now: number): StateWords {
  const wait = task.wait;
  const running = task.state === 'running';
  if (wait === null) return stateName('queued');
  const { icon, text } = waits[wait.reason];
  const words = { icon, tone: running ? ('doubt' as const) : ('wait' as const), turning: false };
  const time = wait.until === null ? null : elapsed(wait.until - now);
  if (wait.reason === 'rate' && time !== null) return { ...words, text: t('wait.rate_until', { time }) };
  if (wait.reason === 'not_sent' && time !== null) return { ...words, text: t('wait.not_sent_until', { time }) };
  return { ...words, text: t(text) };
}

const cancels: Record<CancelCause, MessageKey> = {
  before_submit: 'state.cancelled_free',
  stopped_waiting: 'state.cancelled_paid',
  gave_up: 'state.gave_up',
  same_video: 'state.same_video',
};

function runningName(operation: Operation): MessageKey {
  switch (operation) {
    case 'transcribe':
      return 'state.running';
    case 'resolve':
      return 'state.running_resolve';
    case 'analyze':
      return 'state.running_analyze';
    case 'generate_video':
    case 'generate_image':
    case 'generate_music':
    case 'captions':
    case 'overlay':
      return 'state.running_generate';
    case 'scrape':
      return 'state.running_scrape';
    case 'plan':
      return 'state.running_plan';
  }
}

/** Operations whose answer is the result itself: the call stays open while the provider works. */
const BLOCKING: ReadonlySet<Operation> = new Set(['analyze', 'captions', 'overlay', 'scrape', 'plan']);
/** Milliseconds after which an open call to Coze is a workflow at work: only the saved workflow says how it is run. */
const LONG_CALL = 3000;

/** Whether the provider works while the create call is still out. It has no number then, and its end is its answer. */
export function isOpenCall(task: Task, now: number): boolean {
  if (task.state !== 'submitting') return false;
  if (BLOCKING.has(task.operation)) return true;
  return task.provider === 'coze' && now - (task.submitted_at ?? now) > LONG_CALL;
}

/** Whether a task of this kind has a number at its provider, by which it can be found again. */
export function hasNumber(operation: Operation): boolean {
  return !BLOCKING.has(operation);
}

/** The state of a task in a line. `ahead` is how many wait before it, where that is known. */
export function stateWords(task: Task, now: number, ahead = 0): StateWords {
  const plain = stateName(task.state);
  switch (task.state) {
    case 'queued':
      if (task.wait !== null && (task.wait.reason !== 'slot' || ahead === 0)) return waitLine(task, now);
      return ahead > 0 ? { ...plain, text: t('state.queued_ahead', { count: ahead }) } : plain;
    case 'running':
      // A provider that asks for a pause while it works is no news to the user.
      if (task.wait?.reason === 'key') return waitLine(task, now);
      if (task.stalled) return { ...plain, text: t('state.stalled'), turning: true };
      return { ...plain, text: t(runningName(task.operation)), turning: true };
    case 'failed':
      return task.failure ? { ...plain, text: failureHeadline(task.failure, task) } : plain;
    case 'uncertain':
      return task.not_there ? { ...plain, tone: 'off', text: t('state.not_there') } : { ...plain, text: t('state.uncertain') };
    case 'cancelled':
      if (task.cancel_cause === 'gave_up' && task.not_there) return { ...plain, text: t('state.gave_up_free') };
      return task.cancel_cause ? { ...plain, text: t(cancels[task.cancel_cause]) } : plain;
    case 'submitting':
      return isOpenCall(task, now) ? { icon: 'live', tone: 'live', text: t(runningName(task.operation)), turning: true } : plain;
    case 'succeeded':
      return plain;
  }
}

export const noticeWords: Record<Notice, { headline: MessageKey; text: MessageKey; icon: IconName }> = {
  no_link: { headline: 'notice.no_link', text: 'notice.no_link.text', icon: 'link' },
  command_only: { headline: 'notice.command_only', text: 'notice.command_only.text', icon: 'link' },
  looks_like_secret: { headline: 'notice.secret', text: 'notice.secret.text', icon: 'key' },
};

/** Why a link is nothing to submit. */
export function refusalWords(refusal: Refusal, kind: LinkKind, provider: string): string {
  switch (refusal) {
    case 'unknown_site':
      return t('paste.unknown_site');
    case 'not_a_work':
      return notAWork(kind);
    case 'unserved':
      return t('paste.unserved', { provider });
  }
}

function notAWork(kind: LinkKind): string {
  switch (kind) {
    case 'user':
      return t('paste.not_a_work.user');
    case 'live':
      return t('paste.not_a_work.live');
    case 'search':
      return t('paste.not_a_work.search');
    case 'short':
    case 'video':
    case 'note':
    case 'images':
    case 'collection':
    case 'music':
    case 'topic':
    case 'article':
    case 'other':
      return t('paste.not_a_work.other');
  }
}

/** What submitting an uncertain task again may cost. */
export interface AgainWords {
  tag: string;
  text: string;
  button: string;
}

/**
 * `cost` is the expected one in the provider's unit, where it publishes a price. Nothing costs money in the sandbox.
 * `idle` names the provider where it is proven that the first call started nothing there: then nothing is paid twice.
 */
export function againWords(cost: string | null, sandbox: boolean, idle: string | null = null): AgainWords {
  if (idle !== null) {
    const button = cost === null || sandbox ? t('studio.retry') : t('studio.retry_cost', { amount: cost });
    return { tag: t('uncertain.sure_tag'), text: t('uncertain.sure_text', { provider: idle }), button };
  }
  if (sandbox) return { tag: t('uncertain.way2_tag_free'), text: t('uncertain.way2_text_free'), button: t('uncertain.way2_do_free') };
  const text = t('uncertain.way2_text');
  if (cost === null) return { tag: t('uncertain.way2_tag_plain'), text, button: t('uncertain.way2_do_plain') };
  return { tag: t('uncertain.way2_tag', { amount: cost }), text, button: t('uncertain.way2_do', { amount: cost }) };
}

export const outcomeWords: Record<Outcome, { text: MessageKey; aside: MessageKey; tone: 'plain' | 'zhu' | 'zhe' }> = {
  accepted: { text: 'trace.accepted', aside: 'trace.task_number', tone: 'plain' },
  rejected: { text: 'trace.rejected', aside: 'trace.not_started', tone: 'zhu' },
  'not-sent': { text: 'trace.not_sent', aside: 'trace.not_started', tone: 'plain' },
  unknown: { text: 'trace.unknown', aside: 'trace.maybe_accepted', tone: 'zhe' },
  crashed: { text: 'trace.crashed', aside: 'trace.maybe_accepted', tone: 'zhe' },
};

export const problemWords: Record<StartProblem['kind'], { headline: MessageKey; text: MessageKey; remedy: Remedy }> = {
  newer: { headline: 'problem.newer', text: 'problem.newer.text', remedy: 'open_folder' },
  damaged: { headline: 'problem.damaged', text: 'problem.damaged.text', remedy: 'open_folder' },
  busy: { headline: 'problem.busy', text: 'problem.busy.text', remedy: 'try_again' },
  unwritable: { headline: 'problem.unwritable', text: 'problem.unwritable.text', remedy: 'open_folder' },
};

const errors: Record<ErrorCode, MessageKey> = {
  no_link: 'error.no_link',
  not_ready: 'error.not_ready',
  task_gone: 'error.task_gone',
  wrong_state: 'error.wrong_state',
  known_video: 'error.known_video',
  invalid_field: 'error.invalid_field',
  invalid_id: 'error.invalid_id',
  empty_text: 'error.empty_text',
  too_long: 'error.too_long',
  wrong_template: 'error.wrong_template',
  nothing_selected: 'error.nothing_selected',
  too_many: 'error.too_many',
  file_unreadable: 'error.file_unreadable',
  file_unwritable: 'error.file_unwritable',
  foreign_file: 'error.foreign_file',
  newer_file: 'error.newer_file',
  damaged_file: 'error.damaged_file',
  faults: 'error.faults',
  unfit_call: 'error.unfit_call',
  not_offered: 'error.not_offered',
  refused_call: 'error.refused_call',
  uncertain_call: 'error.uncertain_call',
  busy_call: 'error.busy_call',
  media_unavailable: 'error.media_unavailable',
  keychain_no_bus: 'error.keychain_no_bus',
  keychain_missing: 'error.keychain_missing',
  keychain_no_collection: 'error.keychain_no_collection',
  keychain_locked: 'error.keychain_locked',
  keychain_failed: 'error.keychain_failed',
  disk_full: 'error.disk_full',
  database_busy: 'error.database_busy',
  database_failed: 'error.database_failed',
  clipboard_failed: 'error.clipboard_failed',
  open_refused: 'error.open_refused',
  shortcut_taken: 'error.shortcut_taken',
  sandbox_failed: 'error.sandbox_failed',
  calls_out: 'error.calls_out',
  internal: 'error.internal',
};

export function errorWords(code: ErrorCode): string {
  return t(errors[code]);
}

/** The ways in which a keychain can fail; all other codes are none of them. */
export type KeychainCode = Extract<ErrorCode, `keychain_${string}`>;

const keychains: Record<KeychainCode, MessageKey> = {
  keychain_no_bus: 'keychain.no_bus.text',
  keychain_missing: 'keychain.missing.text',
  keychain_no_collection: 'keychain.no_collection.text',
  keychain_locked: 'keychain.locked.text',
  keychain_failed: 'keychain.failed.text',
};

export function keychainWords(code: KeychainCode): string {
  return t(keychains[code]);
}

export function isKeychainCode(code: ErrorCode): code is KeychainCode {
  return code in keychains;
}
