import { beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Paste, Task, TaskState } from '../bindings';
import { setLanguage } from './messages.svelte';
import { canRetry, cellsOf, cellsSentence, finished, isLive, leftWords, moneyOf, moneyWords, partsLine, pasteTitle, retriedWords, retryFailedWords, tookOf, type Price } from './paste-words';

const task = (state: TaskState, over: Partial<Task> = {}): Task =>
  ({ id: 1, state, operation: 'transcribe', provider: 'momoget', model: null, batch: null, cost: null, wait: null, cancel_cause: null, failure: null, not_there: false, words: null, submitted_at: null, ended_at: null, ...over }) as Task;

const failed = (over: Partial<Failure> = {}): Task => task('failed', { failure: { kind: 'provider-internal', charged: 'no', provider: 'momoget', http_status: 500, code: null, message: null, trace_id: null, retry_after_s: null, ...over } });

const paste = (tasks: Task[], over: Partial<Paste> = {}): Paste => ({ id: 1, name: null, created_at: 0, paused: false, tasks, left_s: null, ...over });

const times = (count: number, make: () => Task): Task[] => Array.from({ length: count }, make);

/** Momoget takes one use, Coze one run, TranscriptGenerate says nothing beforehand. */
const price: Price = (provider) => (provider === 'transcriptgenerate' ? null : 1);

beforeEach(() => setLanguage('zh-CN'));

describe('the cells', () => {
  it('are one for each link, in their order', () => {
    const tasks = [task('succeeded'), failed(), task('uncertain'), task('running'), task('submitting'), task('queued'), task('cancelled', { cancel_cause: 'before_submit' }), task('cancelled', { cancel_cause: 'same_video' })];
    expect(cellsOf(paste(tasks))).toEqual(['done', 'failed', 'unknown', 'now', 'now', 'empty', 'off', 'done']);
  });

  it('of a paused paste show what waits', () => {
    expect(cellsOf(paste([task('running'), task('queued')], { paused: true }))).toEqual(['now', 'waiting']);
  });

  it('are never more than twenty, and stand for shares of more links', () => {
    const cells = cellsOf(paste([...times(25, () => task('queued')), ...times(25, () => task('succeeded'))]));
    expect(cells).toEqual([...Array<string>(10).fill('done'), ...Array<string>(10).fill('empty')]);
  });

  it('keep one for a single failed link among hundreds', () => {
    const cells = cellsOf(paste([...times(399, () => task('succeeded')), failed()]));
    expect([cells.length, cells.filter((cell) => cell === 'failed').length, cells.at(-1)]).toEqual([20, 1, 'failed']);
  });

  it('are exactly twenty whatever the shares', () => {
    for (let n = 21; n < 140; n += 7) {
      const tasks = Array.from({ length: n }, (_, at) => (at % 11 === 3 ? failed() : at % 7 === 2 ? task('uncertain') : at % 3 === 0 ? task('running') : at % 2 === 0 ? task('queued') : task('succeeded')));
      expect(cellsOf(paste(tasks)).length).toBe(20);
    }
  });
});

describe('the sentence', () => {
  it('counts every kind that there is of', () => {
    expect(cellsSentence(paste([...times(9, () => task('succeeded')), failed()]))).toBe('10 条：9 条完成，1 条失败');
  });

  it('says at work where not all are transcribed', () => {
    expect(partsLine(paste([task('running'), task('running', { operation: 'analyze' })]))).toBe('2 条处理中');
  });

  it('calls what waits in a paused paste paused', () => {
    expect(partsLine(paste([task('queued'), task('uncertain')], { paused: true }))).toBe('1 条已暂停，1 条结果未知');
  });

  it('is English where the window is', () => {
    setLanguage('en');
    expect(cellsSentence(paste([...times(9, () => task('succeeded')), failed()]))).toBe('10 links: 9 done, 1 failed');
  });
});

describe('a paste', () => {
  it('is live while anything of it waits or is worked on, and not for what is uncertain', () => {
    expect([isLive([task('queued')]), isLive([task('submitting')]), isLive([task('uncertain'), task('succeeded')])]).toEqual([true, true, false]);
  });

  it('is called by its name, else by its links', () => {
    expect([pasteTitle(paste([task('queued'), task('queued')])), pasteTitle(paste([], { name: '探店口播' }))]).toEqual(['2 条链接', '探店口播']);
  });

  it('counts what had a text before among what is finished', () => {
    expect(finished([task('succeeded'), task('cancelled', { cancel_cause: 'same_video' }), task('cancelled', { cancel_cause: 'gave_up' })])).toBe(2);
  });

  it('took from the first submission to the last end', () => {
    expect(tookOf([task('succeeded', { submitted_at: 1000, ended_at: 61_000 }), failed(), task('succeeded', { submitted_at: 5000, ended_at: 91_000 })])).toBe(90_000);
  });

  it('of which something was tried again days later took no time that says anything', () => {
    expect(tookOf([task('succeeded', { submitted_at: 1000, ended_at: 61_000 }), task('succeeded', { submitted_at: 200_000_000, ended_at: 200_060_000 })])).toBeNull();
  });

  it('takes whole minutes still', () => {
    expect([leftWords(20), leftWords(61), leftWords(240), leftWords(5400)]).toEqual(['照平时的用时，很快就好', '照平时的用时，还要 2 分钟左右', '照平时的用时，还要 4 分钟左右', '照平时的用时，还要 1 小时 30 分左右']);
  });
});

describe('its money', () => {
  const words = (tasks: Task[], live: boolean, sandbox = false): string[] => moneyOf(tasks, price).map((one) => moneyWords(one, live, sandbox));

  it('is what was submitted, and what still will be', () => {
    expect(words([...times(4, () => task('succeeded')), ...times(2, () => task('running')), ...times(3, () => task('queued')), failed()], true)).toEqual(['Momoget 已花 6 次，还要 3 次']);
  });

  it('goes by what the provider said, before what it publishes', () => {
    expect(words([task('succeeded', { cost: 3 }), task('succeeded')], false)).toEqual(['Momoget 花费 4 次']);
  });

  it('is never added up over providers', () => {
    expect(words([task('succeeded'), task('succeeded', { provider: 'coze' })], false)).toEqual(['Momoget 花费 1 次', 'Coze 花费 1 次运行']);
  });

  it('is left open where nobody has said it, and for one of several in a shared call', () => {
    expect(words([task('succeeded', { provider: 'transcriptgenerate' })], false)).toEqual(['TranscriptGenerate']);
    expect(words([task('succeeded', { provider: 'transcriptgenerate', cost: 100 }), task('succeeded', { provider: 'transcriptgenerate' })], false)).toEqual(['TranscriptGenerate 至少花费 1 分 40 秒额度']);
    expect(words([task('succeeded', { batch: 7 })], false)).toEqual(['Momoget']);
  });

  it('says where it is in doubt', () => {
    expect(words([task('succeeded'), task('uncertain'), failed({ charged: 'unknown' })], false)).toEqual(['Momoget 花费 1 次，2 条可能已扣费']);
    expect(words([task('succeeded'), task('uncertain', { not_there: true })], false)).toEqual(['Momoget 花费 1 次']);
  });

  it('is nothing for what was cancelled in time, and in the sandbox', () => {
    expect(words([task('cancelled', { cancel_cause: 'before_submit' }), failed()], false)).toEqual(['Momoget 不扣费']);
    expect(words([task('succeeded')], false, true)).toEqual(['Momoget 模拟的，没有扣费']);
  });
});

describe('trying the failed ones again', () => {
  it('says how many and what it takes', () => {
    expect(retryFailedWords([failed(), failed(), task('succeeded')], price, false)).toBe('重试失败的 2 条，预计 2 次');
  });

  it('names each unit by itself, and none where a price is not published', () => {
    expect(retryFailedWords([failed(), { ...failed(), provider: 'coze' }], price, false)).toBe('重试失败的 2 条，预计 1 次 + 1 次运行');
    expect(retryFailedWords([failed(), { ...failed(), provider: 'transcriptgenerate' }], price, false)).toBe('重试失败的 2 条');
    expect(retryFailedWords([failed()], price, true)).toBe('重试失败的 1 条');
  });

  it('leaves those whose link was refused', () => {
    expect([canRetry(failed({ kind: 'unsupported-platform' })), canRetry(failed({ kind: 'network' })), canRetry(task('uncertain'))]).toEqual([false, true, false]);
    expect(retryFailedWords([failed({ kind: 'invalid-input' })], price, false)).toBeNull();
  });

  it('tells what became of it', () => {
    expect([retriedWords({ tasks: 2, left: 0 }), retriedWords({ tasks: 2, left: 1 }), retriedWords({ tasks: 0, left: 3 })]).toEqual([
      '重新排队 2 条',
      '重新排队 2 条，1 条没有重试：视频已有文案，或再试也一样',
      '没有可以重试的：视频已有文案，或再试也一样',
    ]);
    expect(retriedWords({ tasks: 2, left: 1 }, true)).toBe('重新排队 2 条，这一批暂停着，点“继续”才提交，1 条没有重试：视频已有文案，或再试也一样');
  });
});
