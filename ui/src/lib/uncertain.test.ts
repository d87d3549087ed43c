import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, Failure, FailureKind } from '../bindings';
import { setLanguage, type Language } from './messages.svelte';
import { seenWords, uncertainStep, uncertainWords } from './uncertain';

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

const failure = (kind: FailureKind): Failure => ({
  kind,
  charged: 'unknown',
  provider: 'coze',
  http_status: null,
  code: null,
  message: 'raw provider words',
  trace_id: null,
  retry_after_s: null,
});

const said = (kind: FailureKind): string => uncertainWords('coze', failure(kind), false);

beforeEach(() => setLanguage('zh-CN'));

describe('an uncertain submission', () => {
  it.each<Language>(['zh-CN', 'en'])('says what was seen and what that leaves open in %s', (language) => {
    setLanguage(language);
    for (const kind of kinds) {
      const step = uncertainStep({ provider: 'coze', outcome: 'unknown', failure: failure(kind) } as Attempt);
      expect(`${said(kind)} ${step}`).not.toMatch(/[{}]|uncertain\.|trace\.|raw provider words/);
      expect(said(kind)).toMatch(/由你决定|you decide/);
    }
  });

  it('claims a broken connection only where there was one', () => {
    expect(kinds.filter((kind) => said(kind).includes('连接'))).toEqual(['network']);
  });

  it('tells an unreadable answer, trouble at the provider and a full one apart', () => {
    expect(said('malformed-response')).toContain('看不懂，已原样存下');
    expect(said('provider-internal')).toContain('Coze 出错了');
    expect(said('rate-limited')).toContain('太忙了');
    expect(new Set(['network', 'malformed-response', 'provider-internal', 'rate-limited', 'forbidden'].map((kind) => said(kind as FailureKind))).size).toBe(5);
  });

  it('that the program did not live to see says that first of all', () => {
    expect(uncertainWords('coze', failure('network'), true)).toContain('程序退出了');
    expect(uncertainWords('coze', null, false)).toContain('连接');
  });

  it('that ran out of time does not claim that the connection broke', () => {
    const error = 'timed out: deadline has elapsed';
    expect(uncertainWords('coze', failure('network'), false, error)).toContain('等到超时也没有答复');
    const attempt = { provider: 'coze', outcome: 'unknown', failure: failure('network'), evidence: { error } } as Attempt;
    expect(uncertainStep(attempt)).toBe('等到超时，没有收到答复');
    expect(uncertainWords('coze', failure('network'), false, 'the connection broke: closed')).toContain('连接在收到答复前断了');
  });
});

describe('what was seen of a call', () => {
  const at = new Date(2026, 10, 20, 14, 32, 5).getTime();
  const attempt = (over: Partial<Attempt>): Attempt =>
    ({ intent_at: at, ended_at: at + 60_000, outcome: 'unknown', evidence: { error: 'timed out', body_sent: true, http_status: 502, excerpt: '<html>' }, ...over }) as Attempt;

  it('is when it was sent, how far it came and what came back, without the raw answer', () => {
    expect(seenWords(attempt({}))).toBe('14:32:05 开始提交，14:33:05 结束，等了 1 分。请求的内容已经交给连接。答复的状态码是 502。');
  });

  it('is nothing where nothing was kept', () => {
    expect(seenWords(attempt({ outcome: 'crashed', evidence: null }))).toBe('');
  });
});
