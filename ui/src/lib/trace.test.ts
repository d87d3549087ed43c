import { beforeEach, expect, it } from 'vitest';
import type { Attempt, Task, TaskDetail } from '../bindings';
import { setLanguage } from './messages.svelte';
import { trace } from './trace';

beforeEach(() => setLanguage('zh-CN'));

const attempt = (over: Partial<Attempt>): Attempt => ({
  id: 1,
  number: 1,
  provider: 'momoget',
  intent_at: 1000,
  ended_at: 2000,
  outcome: 'accepted',
  evidence: null,
  remote_id: '9c41aaaabbbbccccdddd2e07',
  failure: null,
  ...over,
});

const detail = (state: Task['state'], attempts: Attempt[], over: Partial<Task> = {}): TaskDetail => ({
  task: { state, provider: 'momoget', operation: 'transcribe', created_at: 500, wait: null, progress: null, next_poll_at: null, failure: null, remote_id: null, ended_at: null, ...over } as Task,
  share_text: '',
  transcripts: [],
  attempts,
  passed_over: [],
  input: {},
  output: null,
  batch: [],
  ahead: 0,
  usual_s: null,
  same_video: [],
  another: null,
});

const lines = (of: TaskDetail, now = 0): string[] => trace(of, now).map((step) => step.text);

it('an accepted call shows its number with the middle left out', () => {
  const step = trace(detail('running', [attempt({})]), 0)[2];
  expect([step?.text, step?.id]).toEqual(['Momoget 已接受', '9c41…2e07']);
});

it('a running task says when it is asked for next', () => {
  const step = trace(detail('running', [attempt({})], { next_poll_at: 5000 }), 2000).at(-1);
  expect([step?.text, step?.aside, step?.tone]).toEqual(['服务商说：处理中', '下次查询 3 秒后', 'now']);
});

it('a running task promises no next look without a network', () => {
  const step = trace(detail('running', [attempt({})], { next_poll_at: 5000 }), 9000, true).at(-1);
  expect([step?.text, step?.aside]).toEqual(['服务商说：处理中', null]);
});

it('a refused call stands once, with its cause', () => {
  const failure = { kind: 'unauthorized', charged: 'no', provider: 'momoget' } as Attempt['failure'];
  const refused = detail('failed', [attempt({ outcome: 'rejected', remote_id: null, failure })], { failure });
  expect(lines(refused)).toEqual(['已粘贴，排进队列', '已存盘，准备提交', 'Momoget 拒绝：密钥无效或已过期']);
});

it('an earlier call that was never sent stays in the ledger', () => {
  const all = lines(detail('running', [attempt({ outcome: 'not-sent', remote_id: null }), attempt({ id: 2, number: 2 })]));
  expect(all).toContain('没连上 Momoget，请求没有发出');
  expect(all.filter((line) => line === '已存盘，准备提交')).toHaveLength(2);
});

it('what was only looked up by its number was neither submitted nor accepted here', () => {
  const over = { link: null, parent: null, subject: 'cgt-1', remote_id: 'cgt-1', failure: { kind: 'not-found', provider: 'momoget' } as Attempt['failure'] };
  const steps = trace(detail('failed', [attempt({ remote_id: 'cgt-1' })], over), 0);
  expect(steps.map((step) => step.text)).toEqual(['按任务号接着等，没有再提交', '服务商查不到这个任务']);
  expect(steps[0]?.id).toBe('cgt-1');
});

it('a call that is in doubt says what was seen of it', () => {
  const seen = (kind: string): string | undefined =>
    lines(detail('uncertain', [attempt({ outcome: 'unknown', remote_id: null, failure: { kind, provider: 'momoget' } as Attempt['failure'] })])).at(-1);
  expect([seen('network'), seen('malformed-response')]).toEqual(['没有收到答复，连接断开', 'Momoget 的答复看不懂，已原样存下']);
});

it('a call that is still out waits for its answer', () => {
  expect(lines(detail('submitting', [attempt({ outcome: null, ended_at: null, remote_id: null })])).at(-1)).toBe('等 Momoget 答复');
});
