import { beforeEach, describe, expect, it } from 'vitest';
import type { Charged, Failure, FailureKind, Operation, Task, TaskState, WaitReason } from '../bindings';
import { remedyNames, retryWords, withoutOthers } from './failures';
import type { ErrorCode } from './ipc';
import { setLanguage, t, type Language } from './messages.svelte';
import { againWords, amount, chargedWords, errorWords, expiryWords, failureWords, hasNumber, stateWords, waitExplained, waitRemedy } from './words';

const KINDS: Record<FailureKind, true> = {
  'invalid-input': true,
  'unsupported-platform': true,
  unauthorized: true,
  forbidden: true,
  'not-found': true,
  'quota-exhausted': true,
  'membership-required': true,
  'concurrency-full': true,
  'rate-limited': true,
  'provider-internal': true,
  network: true,
  'malformed-response': true,
};
const kinds = Object.keys(KINDS) as FailureKind[];

const OPERATIONS: Record<Operation, true> = {
  transcribe: true,
  resolve: true,
  analyze: true,
  generate_video: true,
  generate_image: true,
  generate_music: true,
  captions: true,
  overlay: true,
  scrape: true,
  plan: true,
};
const operations = Object.keys(OPERATIONS) as Operation[];

const ERRORS: Record<ErrorCode, true> = {
  no_link: true,
  not_ready: true,
  task_gone: true,
  wrong_state: true,
  known_video: true,
  invalid_field: true,
  invalid_id: true,
  empty_text: true,
  too_long: true,
  wrong_template: true,
  nothing_selected: true,
  too_many: true,
  file_unreadable: true,
  file_unwritable: true,
  foreign_file: true,
  newer_file: true,
  damaged_file: true,
  faults: true,
  unfit_call: true,
  not_offered: true,
  refused_call: true,
  uncertain_call: true,
  busy_call: true,
  media_unavailable: true,
  keychain_no_bus: true,
  keychain_missing: true,
  keychain_no_collection: true,
  keychain_locked: true,
  keychain_failed: true,
  disk_full: true,
  database_busy: true,
  database_failed: true,
  clipboard_failed: true,
  open_refused: true,
  shortcut_taken: true,
  sandbox_failed: true,
  calls_out: true,
  internal: true,
};

const WAITS: Record<WaitReason, true> = {
  slot: true,
  rate: true,
  offline: true,
  daily_limit: true,
  paused: true,
  key: true,
  not_sent: true,
  gave_up_sending: true,
  disk_full: true,
};
const waits = Object.keys(WAITS) as WaitReason[];

const failure = (kind: FailureKind, charged: Charged = 'no'): Failure => ({
  kind,
  charged,
  provider: 'momoget',
  http_status: null,
  code: null,
  message: 'raw provider words',
  trace_id: null,
  retry_after_s: null,
});

const task = (state: TaskState, over: Partial<Task> = {}): Task => ({
  id: 1,
  paste: 1,
  operation: 'transcribe',
  provider: 'momoget',
  state,
  wait: null,
  stalled: false,
  progress: null,
  cancel_cause: null,
  not_there: false,
  failure: null,
  remote_id: null,
  link: { url: 'https://v.douyin.com/a/', platform: 'douyin', kind: 'short', id: null, canonical: null, title: null },
  subject: null,
  model: null,
  parent: null,
  batch: null,
  works: [],
  kept: [],
  then: [],
  cost: null,
  target_language: null,
  found: { title: null, author: null, duration_s: null, cover_url: null, media_url: null, avatar_url: null, learned_at: null },
  words: null,
  starred: false,
  note: null,
  tags: [],
  deleted_at: null,
  imported: false,
  created_at: 0,
  submitted_at: null,
  ended_at: null,
  next_poll_at: null,
  ...over,
});

beforeEach(() => setLanguage('zh-CN'));

describe.each<Language>(['zh-CN', 'en'])('in %s', (language) => {
  beforeEach(() => setLanguage(language));

  describe.each(operations)('for %s', (operation) => {
    it.each(kinds)('the failure %s has its own cause, money and one remedy', (kind) => {
      for (const remote_id of [null, '9']) {
        const words = failureWords(failure(kind), task('failed', { operation, remote_id }), null);
        for (const text of [words.headline, words.text, words.charged, t(remedyNames[words.remedy])]) {
          expect(text).not.toMatch(/[{}]|^failure\.|^charged\.|^remedy\.|raw provider words/);
          expect(text.length).toBeGreaterThan(1);
        }
        expect(words.other).not.toBe(words.remedy);
      }
    });

    it('no two failures say the same', () => {
      const headlines = kinds.map((kind) => failureWords(failure(kind), task('failed', { operation, remote_id: '9' }), null).headline);
      expect(new Set(headlines).size).toBe(kinds.length);
    });

    it('running and asking again have words', () => {
      for (const text of [stateWords(task('running', { operation }), 0).text, retryWords(operation, '1 点')]) {
        expect(text).not.toMatch(/[{}]|^state\.|^remedy\./);
      }
    });

    it('a call that stays open says so', () => {
      const words = stateWords(task('submitting', { operation, submitted_at: 0 }), 1000);
      expect(words.turning).toBe(!hasNumber(operation));
    });
  });

  it('every error has words of its own', () => {
    const all = (Object.keys(ERRORS) as ErrorCode[]).map(errorWords);
    expect(all.filter((text) => /[{}]|^error\./.test(text))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(waits)('a task that waits for %s says why', (reason) => {
    const line = stateWords(task('queued', { wait: { reason, until: 40_000 } }), 8000).text;
    expect([line, waitExplained(reason, 'Momoget')].join()).not.toMatch(/[{}]/);
  });
});

describe('a failure', () => {
  it('of an unreadable answer may have been charged', () => {
    expect(chargedWords(failure('malformed-response', 'unknown'))).toBe('可能已扣费。');
  });

  it('inside the provider leaves open whether it was charged', () => {
    expect(chargedWords(failure('provider-internal', 'unknown'))).toBe('是否扣费，服务商没有写明。');
  });

  it('of a task that was accepted blames neither the provider nor the link for sure', () => {
    const words = failureWords(failure('provider-internal', 'unknown'), task('failed', { remote_id: '9' }), null);
    expect([words.headline, words.remedy, words.other]).toEqual(['服务商没能做完', 'retry', 'open_video']);
    expect(words.text).toContain('作品已删除或设为私密');
    expect(failureWords(failure('provider-internal'), task('failed'), null).headline).toBe('服务商出错了');
  });

  it('of a used-up account speaks in its own unit', () => {
    const seconds = { ...failure('quota-exhausted'), provider: 'transcriptgenerate' as const };
    expect(failureWords(seconds, null, null).headline).toBe('时长用完了');
  });

  it('names the key that was refused by its last four characters', () => {
    expect(failureWords(failure('unauthorized'), task('failed'), '8d2f').text).toContain('末四位 8d2f');
  });

  it('of what takes a form points to nothing that needs a link', () => {
    const made = kinds.map((kind) => failureWords(failure(kind), task('failed', { operation: 'generate_video' }), null));
    expect(made.flatMap(({ remedy, other }) => [remedy, other]).filter((way) => way === 'open_video' || way === 'other_provider')).toEqual([]);
  });

  it('of a video that was looked at says nothing of voices', () => {
    expect(failureWords(failure('provider-internal'), task('failed', { operation: 'analyze' }), null).text).not.toContain('人声');
  });

  it('of a link names a deleted video among the causes, and shows what the provider said as its own', () => {
    const words = failureWords(failure('invalid-input'), task('failed'), null);
    expect(words.text).toContain('作品已删除或设为私密');
    expect(words.said).toBe('服务商的话：raw provider words');
    expect(failureWords({ ...failure('invalid-input'), message: ' ' }, task('failed'), null).said).toBeNull();
    expect(failureWords(failure('network'), task('failed'), null).said).toBeNull();
  });

  it('where no other provider does the same leads to the video', () => {
    const alone = (kind: FailureKind): (string | null)[] => {
      const { remedy, other } = withoutOthers(failureWords(failure(kind), task('failed', { operation: 'analyze' }), null));
      return [remedy, other];
    };
    expect(alone('invalid-input')).toEqual(['open_video', null]);
    expect(alone('membership-required')).toEqual(['open_video', 'retry']);
    expect(alone('malformed-response')).toEqual(['retry', null]);
    expect(alone('unauthorized')).toEqual(['check_key', 'retry']);
  });

  it('of a record that Coze no longer keeps says that plainly', () => {
    const gone: Failure = { ...failure('not-found'), provider: 'coze', code: 'expired' };
    const words = failureWords(gone, task('failed', { remote_id: '9' }), null);
    expect([words.headline, words.remedy]).toEqual(['运行记录已过期', 'retry']);
    expect(words.text).toContain('7 天');
  });

  it('of something missing before there was a task points to the settings', () => {
    expect(failureWords(failure('not-found'), task('failed'), null).remedy).toBe('check_settings');
  });
});

describe('a failure of a number that was only looked up', () => {
  const followed = task('failed', { link: null, subject: 'cgt-1', remote_id: 'cgt-1' });

  it.each(kinds)('%s cost nothing and offers nothing that needs a link or a new order', (kind) => {
    const words = failureWords(failure(kind, 'unknown'), followed, '8d2f');
    expect(words.charged).toBe('按任务号查询不花钱。');
    expect(['look_up', 'open_console', 'check_key', 'check_proxy', 'top_up']).toContain(words.remedy);
    expect([null, 'open_console']).toContain(words.other);
    expect(words.remedy === 'look_up').toBe(kind === 'not-found');
    expect(words.text).not.toMatch(/没有开始|视频太长|[{}]/);
  });

  it('that nobody knows there may be another provider’s', () => {
    const words = failureWords(failure('not-found'), followed, null);
    expect([words.headline, words.remedy]).toEqual(['服务商查不到这个任务', 'look_up']);
    expect(words.text).toContain('可能是别家的');
  });

  it('is told from one that was ordered here', () => {
    expect(failureWords(failure('not-found'), { ...followed, subject: '纸船' }, null).charged).toBe('没有扣费。');
  });
});

describe('a state', () => {
  it('counts how many wait before it', () => {
    expect(stateWords(task('queued', { wait: { reason: 'slot', until: null } }), 0, 2).text).toBe('排队中，前面 2 条');
  });

  it('counts down to the end of a rate limit', () => {
    expect(stateWords(task('queued', { wait: { reason: 'rate', until: 40_000 } }), 8000).text).toBe('服务商限流，0:32 后自动继续');
  });

  it('of a workflow that runs while Coze holds the call open is at work after some seconds', () => {
    const open = task('submitting', { provider: 'coze', operation: 'resolve', submitted_at: 0 });
    expect([stateWords(open, 1000).text, stateWords(open, 9000).text]).toEqual(['提交中', '获取中']);
  });

  it('that waits for the network says that nothing was sent', () => {
    const words = stateWords(task('queued', { wait: { reason: 'offline', until: null } }), 0);
    expect([words.text, words.turning]).toEqual(['等待联网，还没提交', false]);
  });

  it('stands still while the provider refuses the key', () => {
    const words = stateWords(task('running', { wait: { reason: 'key', until: null } }), 0);
    expect([words.text, words.turning]).toEqual(['没有可用的密钥', false]);
  });

  it('goes on turning while the provider asks for a pause between two questions', () => {
    expect(stateWords(task('running', { wait: { reason: 'rate', until: 1 } }), 0).turning).toBe(true);
  });

  it('of a cancelled task says whether it was charged', () => {
    expect(stateWords(task('cancelled', { cancel_cause: 'before_submit' }), 0).text).toBe('已取消，没有扣费');
    expect(stateWords(task('cancelled', { cancel_cause: 'same_video' }), 0).text).toBe('同一个视频，没有扣费');
    expect(stateWords(task('cancelled', { cancel_cause: 'stopped_waiting' }), 0).text).toBe('已取消，已提交的不退费');
  });
});

it('a call that is proven to have come to nothing is no longer said to cost', () => {
  expect(stateWords(task('uncertain'), 0).text).toBe('结果未知，可能已扣费');
  expect(stateWords(task('uncertain', { not_there: true }), 0)).toMatchObject({ text: '没有提交上，没有扣费，可以再提交一次', tone: 'off' });
  expect(stateWords(task('cancelled', { cancel_cause: 'gave_up', not_there: true }), 0).text).toBe('已放弃');
});

describe('submitting an uncertain task again', () => {
  it('names what it may cost', () => {
    expect(againWords('1 次', false)).toMatchObject({ tag: '可能多扣 1 次', button: '再提交一次，可能多扣 1 次' });
    expect(againWords(null, false).button).toBe('再提交一次，可能多扣');
  });

  it('costs nothing in the sandbox', () => {
    expect(Object.values(againWords('1 次', true)).join()).not.toMatch(/可能多扣|会扣两次/);
  });

  it('warns of no double cost where the first call certainly started nothing', () => {
    const again = againWords('9 点', false, 'RawUGC');
    expect(again).toMatchObject({ tag: '不会多扣', button: '再提交一次，预计 9 点' });
    expect(Object.values(again).join()).not.toMatch(/可能多扣|会扣两次/);
    expect(againWords(null, false, 'RawUGC').button).toBe('再提交一次');
  });
});

describe('the end of a token', () => {
  const day = 86_400_000;

  it('is counted in days, and a worry when it is near', () => {
    expect(expiryWords(10 * day, 0.5 * day)).toEqual({ text: '令牌还有 10 天到期', soon: false });
    expect(expiryWords(3 * day, 0)).toEqual({ text: '令牌还有 3 天到期', soon: true });
  });

  it('that has passed is said', () => {
    expect(expiryWords(1, 2)).toEqual({ text: '令牌已到期', soon: true });
  });
});

it('only waits that need the user have a remedy', () => {
  expect(waits.filter((reason) => waitRemedy(reason) !== null)).toEqual(['key', 'not_sent', 'gave_up_sending', 'disk_full']);
});

it('amounts stay in their own unit', () => {
  expect([amount('use', 2), amount('run', 1), amount('credit', 128), amount('second', 368)]).toEqual([
    '2 次',
    '1 次运行',
    '128 点',
    '6 分 08 秒额度',
  ]);
});
