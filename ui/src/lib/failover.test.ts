import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, Failure, FailureKind, ProviderId, ProviderView, TaskDetail } from '../bindings';
import { answeredWords, chainWords, orderable, ordered, rearranged } from './failover';
import { setLanguage } from './messages.svelte';
import { trace } from './trace';

const provider = (id: ProviderId, operations: ProviderView['operations'] = ['transcribe']): ProviderView => ({ id, name: id, ready: true, operations }) as ProviderView;
const all = [provider('momoget'), provider('transcriptgenerate'), provider('coze', ['transcribe', 'resolve']), provider('rawugc', ['analyze', 'generate_video']), provider('jimeng', ['generate_video'])];
const ids = (list: ProviderView[]): ProviderId[] => list.map((one) => one.id);

const failure = (provider: ProviderId, kind: FailureKind): Failure => ({ provider, kind, charged: 'no' }) as Failure;
const attempt = (id: number, over: Partial<Attempt>): Attempt =>
  ({ id, number: id, provider: 'momoget', intent_at: id * 1000, ended_at: id * 1000 + 500, outcome: 'accepted', remote_id: null, failure: null, evidence: null, ...over }) as Attempt;
const refused = attempt(1, { outcome: 'rejected', failure: failure('momoget', 'quota-exhausted') });

const detail = (provider: ProviderId, state: string, attempts: Attempt[], passed_over: Failure[] = []): TaskDetail =>
  ({ task: { provider, state, operation: 'transcribe', created_at: 0, ended_at: 9000, link: {}, failure: null, wait: null, next_poll_at: null, progress: null }, attempts, passed_over }) as unknown as TaskDetail;
const lines = (of: TaskDetail): string[] => trace(of, 0).map((step) => step.text);

beforeEach(() => setLanguage('zh-CN'));

describe('the order of the providers', () => {
  it('is the one of the cards until the user has another, and new providers come last', () => {
    expect(ids(ordered('transcribe', {}, all))).toEqual(['momoget', 'transcriptgenerate', 'coze']);
    expect(ids(ordered('transcribe', { transcribe: ['coze', 'momoget'] }, all))).toEqual(['coze', 'momoget', 'transcriptgenerate']);
  });

  it('is asked for only where several do the same about a link', () => {
    expect(orderable(all)).toEqual(['transcribe']);
  });

  it('changes as it was arranged and touches no other operation', () => {
    const order = rearranged({ resolve: ['coze'] }, 'transcribe', all, ['momoget', 'coze', 'transcriptgenerate']);
    expect(order).toEqual({ resolve: ['coze'], transcribe: ['momoget', 'coze', 'transcriptgenerate'] });
  });

  it('leaves those that were not shown where they are', () => {
    const order = { transcribe: ['momoget', 'transcriptgenerate', 'coze'] as ProviderId[] };
    expect(rearranged(order, 'transcribe', all, ['coze', 'momoget']).transcribe).toEqual(['coze', 'transcriptgenerate', 'momoget']);
  });
});

describe('the providers that a submission may go to', () => {
  it('are named in their order before anything is spent', () => {
    const [momoget, transcriptgenerate, coze] = all as [ProviderView, ProviderView, ProviderView];
    expect(chainWords(momoget, [transcriptgenerate, coze])).toBe('先 momoget，没有开始就换 transcriptgenerate，再换 coze');
    expect(chainWords(momoget, [])).toBeNull();
    setLanguage('en');
    expect(chainWords(momoget, [transcriptgenerate])).toBe('momoget first, transcriptgenerate if nothing was started');
  });
});

describe('a task that another provider has done', () => {
  const done = detail('coze', 'succeeded', [refused, attempt(2, { provider: 'coze' })], [failure('transcriptgenerate', 'unauthorized')]);

  it('says who answered and why the others did not', () => {
    expect(answeredWords(done)).toBe('Momoget 没有开始：次数用完了。TranscriptGenerate 没有开始：密钥无效或已过期。由 Coze 完成。');
  });

  it('shows every step in its trace', () => {
    expect(lines(done)).toEqual([
      '已粘贴，排进队列',
      '已存盘，准备提交',
      'Momoget 拒绝：次数用完了',
      '跳过 TranscriptGenerate：密钥无效或已过期',
      '没有开始，换 Coze',
      '已存盘，准备提交',
      'Coze 已接受',
      '文案已存在本机',
    ]);
  });

  it('has nothing to explain where the first one answered', () => {
    expect(answeredWords(detail('momoget', 'succeeded', [attempt(1, {})]))).toBeNull();
    // A second try at the same one is no change.
    expect(answeredWords(detail('momoget', 'succeeded', [refused, attempt(2, {})]))).toBeNull();
  });
});

describe('a task that has gone on', () => {
  it('waits at the next one and says so', () => {
    expect(lines(detail('coze', 'queued', [refused])).at(-1)).toBe('没有开始，换 Coze');
  });

  it('without a call before it names the one that was skipped', () => {
    expect(lines(detail('coze', 'queued', [], [failure('momoget', 'unauthorized')])).slice(1)).toEqual(['跳过 Momoget：密钥无效或已过期', '没有开始，换 Coze']);
  });

  it('to nobody was refused first and then found no other', () => {
    expect(lines(detail('momoget', 'failed', [refused], [failure('coze', 'unsupported-platform')])).slice(1)).toEqual([
      '已存盘，准备提交',
      'Momoget 拒绝：次数用完了',
      '跳过 Coze：Coze 不支持这个平台',
    ]);
  });
});
