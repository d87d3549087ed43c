import { beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Item, Plan, Task, Work } from '../../bindings';
import { AppError } from '../ipc';
import { setLanguage } from '../messages.svelte';
import { callWords } from './call-words';
import { factsOf, factWords, found, libraryNames, statusOf, timeOf } from './facts';
import { ofItem, ofScrape } from './found';
import { ideaText, planText } from './plan';
import { expiry, versionName, workFailure } from './work-words';

beforeEach(() => setLanguage('zh-CN'));

const failure = (over: Partial<Failure> = {}): Failure => ({
  kind: 'invalid-input',
  charged: 'no',
  provider: 'rawugc',
  http_status: 400,
  code: null,
  message: null,
  trace_id: null,
  retry_after_s: null,
  ...over,
});
const item = (over: Partial<Item> = {}): Item => ({
  id: 'x',
  title: '',
  text: null,
  pictures: [],
  media_url: null,
  facts: [],
  built_in: false,
  input: {},
  analysis: null,
  ...over,
});
const work = (over: Partial<Work> = {}): Work => ({
  kind: 'video',
  remote_id: null,
  version: 1,
  edit: null,
  url: 'https://media.example/a.mp4',
  expires_at: null,
  cover_url: null,
  title: null,
  duration_s: null,
  ...over,
});

describe('a call that did not work', () => {
  it('says that it only has to wait', () => {
    const words = callWords(new AppError('busy_call', ''), 'rawugc');
    expect([words.tone, words.headline.includes('RawUGC')]).toEqual(['held', true]);
  });

  it('that may have published says to look first', () => {
    const error = new AppError('uncertain_call', '');
    expect(callWords(error, 'rawugc', 'posts').text).toContain('可能已经发布');
    expect(callWords(error, 'rawugc', 'personas').text).not.toContain('发布');
  });

  it('offers the key where that was refused', () => {
    const refused = new AppError('refused_call', '', { failure: failure({ kind: 'unauthorized' }) });
    expect(callWords(refused, 'rawugc').remedy).toBe('check_key');
  });
});

describe('a work that failed', () => {
  const task = (over: Partial<Failure>, remote: string | null = null): Task => ({ failure: failure(over), remote_id: remote }) as Task;

  it('for its prompt is mended in the form', () => {
    expect(workFailure(task({}))?.remedy).toBe('change');
    expect(workFailure(task({ kind: 'provider-internal' }, 'vid_1'))?.headline).toBe('没有生成');
  });

  it('for another reason has the remedy of any task', () => {
    expect(workFailure(task({ kind: 'quota-exhausted' }))?.remedy).toBe('top_up');
    expect(workFailure(task({ kind: 'unauthorized' }))?.remedy).toBe('check_key');
  });

  it('and was only looked up offers to look it up elsewhere, and no form', () => {
    const followed = { ...task({ kind: 'not-found', provider: 'jimeng' }, 'cgt-1'), link: null, parent: null, subject: 'cgt-1', operation: 'generate_video' } as Task;
    const words = workFailure(followed);
    expect([words?.remedy, words?.charged]).toEqual(['look_up', '按任务号查询不花钱。']);
    expect(workFailure({ ...followed, failure: failure({ kind: 'provider-internal' }) })?.remedy).toBe('open_console');
  });

  it('never offers what only a link has', () => {
    expect(workFailure(task({ kind: 'membership-required' }))?.remedy).toBe('change');
  });
});

describe('the words of a work', () => {
  it('name its versions', () => {
    expect([work(), work({ edit: 'captions' }), work({ edit: 'caption' }), work({ edit: 'colour', version: 4 })].map(versionName)).toEqual([
      '原片',
      '加字幕',
      '加字幕',
      '第 4 版',
    ]);
  });

  it('say when its address ends', () => {
    const at = (ms: number): string | undefined => expiry(work({ expires_at: ms }), false, 0)?.text;
    expect([at(21.5 * 3_600_000), at(90_000), at(-1)]).toEqual(['链接 21 小时后失效', '链接 2 分钟后失效', '链接已失效']);
    expect(expiry(work(), false, 0)).toBeNull();
  });

  it('say nothing of an end once its file is kept here', () => {
    expect(expiry(work({ expires_at: -1 }), true, 0)).toEqual({ text: '已存在本机', tone: 'kept' });
  });
});

describe('found videos', () => {
  it('tell only the numbers that are known', () => {
    const video = ofScrape({
      id: 'a',
      url: 'https://www.tiktok.com/@a/video/1',
      author: 'a',
      description: null,
      views: 10,
      likes: null,
      comments: 0,
      shares: null,
      duration_s: 3,
      hashtags: [],
      cover_url: null,
      media_url: null,
    });
    expect(video.numbers.map(({ value }) => value)).toEqual([10, 0]);
  });

  it('of the library are read from their facts', () => {
    const video = ofItem(
      item({ facts: [['tiktokUrl', 'https://www.tiktok.com/@a/video/1'], ['username', 'a'], ['saves', 7], ['hashtags', ['x']]], title: 'T' }),
    );
    expect([video.url, video.author, video.text, video.numbers.length, video.hashtags]).toEqual([
      'https://www.tiktok.com/@a/video/1',
      'a',
      'T',
      1,
      ['x'],
    ]);
  });
});

describe('things that are kept', () => {
  it('stand in the library in its order, the unknown last', () => {
    expect(libraryNames(['zebra', 'posts', 'styles', 'personas', 'styles'])).toEqual(['personas', 'styles', 'zebra']);
  });

  it('are told by facts in words', () => {
    const one = item({ facts: [['status', 'scheduled'], ['createdAt', 1_770_091_506_000], ['organizationId', 'o'], ['empty', '']] });
    expect([statusOf(one), timeOf(one, 'createdAt'), timeOf(one, 'status'), factsOf(one).length]).toEqual(['scheduled', 1_770_091_506_000, null, 2]);
    expect([factWords('status', 'draft', 0), factWords('isActive', false, 0), factWords('creditsUsed', 1200, 0), factWords('platforms', ['youtube', 'b'], 0)]).toEqual([
      '草稿',
      '否',
      '1,200',
      'YouTube、b',
    ]);
  });

  it('are found by title and text', () => {
    const one = item({ title: '竹支架', text: 'Bamboo' });
    expect([found(one, '支'), found(one, 'BAM'), found(one, '铁'), found(one, ' ')]).toEqual([true, true, false, true]);
  });
});

describe('a plan', () => {
  const plan: Plan = {
    plan_id: 'p',
    scrape_id: null,
    brief: '竹支架',
    top_wins: ['快倒的苗'],
    gaps_to_test: [],
    blueprints: [
      { category: null, strategy: '先担心', evidence: null, ideas: [{ hook: '今晚就会倒', opening_shot: null, outline: null, call_to_action: '去看看' }] },
    ],
  };

  it('can be copied idea by idea', () => {
    const [blueprint] = plan.blueprints;
    expect(blueprint?.ideas.map(ideaText)).toEqual(['开头：今晚就会倒\n结尾让人做什么：去看看']);
  });

  it('can be copied whole, without what it does not have', () => {
    const text = planText(plan);
    expect([text.includes('- 快倒的苗'), text.includes('方案 1\n先担心'), text.includes('还没人试的')]).toEqual([true, true, false]);
  });
});
