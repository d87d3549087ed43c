import { beforeEach, describe, expect, it } from 'vitest';
import type { Attempt, Evidence, Hint, LookedUp } from '../bindings';
import { doubted, hintWords, isProvenIdle, knownWords, lookedWords, wayOf } from './looking';
import { setLanguage, type Language } from './messages.svelte';

const evidence = (over: Partial<Evidence> = {}): Evidence => ({ error: null, body_sent: null, http_status: null, excerpt: null, hint: null, looked_at: null, not_there_at: null, ...over });

const hint = (over: Partial<Hint> = {}): Hint => ({ left_before: null, left_after: null, running_before: null, running_after: null, ...over });

const attempt = (over: Partial<Attempt>): Attempt => ({ outcome: 'unknown', evidence: null, ...over }) as Attempt;

const ANSWERS: LookedUp[] = [
  { kind: 'found' },
  { kind: 'not_there' },
  { kind: 'nothing_yet', again_at: null },
  { kind: 'nothing_yet', again_at: new Date(2026, 10, 20, 14, 32).getTime() },
  { kind: 'several', count: 2 },
  { kind: 'hint', hint: hint({ left_after: 3 }) },
  { kind: 'no_way' },
];

beforeEach(() => setLanguage('zh-CN'));

describe('looking for an uncertain task', () => {
  it('is offered only where the provider lists such tasks or tells what is left', () => {
    expect(wayOf({ provider: 'rawugc', operation: 'generate_video' })).toBe('list');
    expect(wayOf({ provider: 'rawugc', operation: 'analyze' })).toBeNull();
    expect(wayOf({ provider: 'transcriptgenerate', operation: 'transcribe' })).toBe('hint');
    expect(wayOf({ provider: 'momoget', operation: 'transcribe' })).toBeNull();
  });

  it.each<Language>(['zh-CN', 'en'])('has words of its own for each answer in %s', (language) => {
    setLanguage(language);
    const said = ANSWERS.map((answer) => lookedWords(answer, 'rawugc', 'credit'));
    expect(new Set(said).size).toBe(ANSWERS.length);
    expect(said.join()).not.toMatch(/[{}]|looking\./);
  });

  it('says from when on an absence proves something', () => {
    const words = lookedWords({ kind: 'nothing_yet', again_at: new Date(2026, 10, 20, 14, 32).getTime() }, 'rawugc', 'credit');
    expect(words).toContain('14:32 以后再看就能断定');
  });
});

describe('a hint', () => {
  it('says what was left before and after, and that it is no proof', () => {
    const words = hintWords(hint({ left_before: 5400, left_after: 5304, running_before: 1, running_after: 2 }), 'transcriptgenerate', 'second');
    expect(words).toBe('提交前剩 1 小时 30 分额度，之后剩 1 小时 28 分额度。提交前在处理 1 条，之后 2 条。只是线索，不是证明。');
  });

  it('does not make up what was not known before', () => {
    expect(hintWords(hint({ left_after: 60 }), 'transcriptgenerate', 'second')).toBe('之后剩 1 分额度，提交前的不知道。只是线索，不是证明。');
  });

  it('that holds nothing is not called one', () => {
    expect(hintWords(hint({ left_before: 60 }), 'transcriptgenerate', 'second')).toBe('TranscriptGenerate 没有说。');
  });
});

describe('what is known from an earlier look', () => {
  it('is nothing before the first', () => {
    expect(knownWords(null, 'rawugc', 'credit', 0)).toBeNull();
    expect(knownWords(evidence({ hint: hint({ left_before: 5 }) }), 'transcriptgenerate', 'second', 0)).toBeNull();
  });

  it('does not take a look without a find for a proof', () => {
    const at = new Date(2026, 10, 20, 14, 32).getTime();
    const looked = evidence({ looked_at: at });
    expect(knownWords(looked, 'rawugc', 'credit', at)).toBe('今天 14:32 找过，没有找到，但不能断定它没有开始。');
    expect(isProvenIdle([attempt({ evidence: looked })])).toBe(false);
  });

  it('proves that nothing was started only where the whole list holds nothing like it', () => {
    const proven = attempt({ evidence: evidence({ looked_at: 1, not_there_at: 1 }) });
    expect(isProvenIdle([attempt({ outcome: 'rejected' }), proven])).toBe(true);
    // A later call is in doubt again.
    expect(isProvenIdle([proven, attempt({ id: 2, evidence: evidence() })])).toBe(false);
    expect(isProvenIdle([attempt({ outcome: 'accepted' })])).toBe(false);
  });

  it('is about the newest call in doubt', () => {
    const crashed = attempt({ id: 2, outcome: 'crashed' });
    expect(doubted([attempt({ id: 1 }), crashed, attempt({ id: 3, outcome: 'not-sent' })])?.id).toBe(2);
  });
});
