import { beforeEach, describe, expect, it } from 'vitest';
import type { SameVideo, TaskDetail, Transcript, TranscriptKind } from '../bindings';
import { setLanguage } from './messages.svelte';
import { deletable, firstPair, tidyBase, versionAside, versionName, versionsOf, versionTitle } from './versions';

const NOW = new Date(2026, 10, 20, 15, 0).getTime();
const at = (hour: number, minute: number): number => new Date(2026, 10, 20, hour, minute).getTime();

const transcript = (version: number, kind: TranscriptKind, created_at = at(14, version)): Transcript => ({
  version,
  kind,
  text: `第 ${version} 版`,
  words: 3,
  incomplete: false,
  created_at,
});

const other: SameVideo = { text: { task: 4, version: 2 }, provider: 'coze', kind: 'provider', words: 1405, created_at: at(9, 30) };

const detail = (transcripts: Transcript[], same_video: SameVideo[] = []): TaskDetail =>
  ({ task: { id: 9, provider: 'momoget' }, transcripts, same_video }) as unknown as TaskDetail;

beforeEach(() => setLanguage('zh-CN'));

describe('the versions of a text', () => {
  it('are named by whose words they hold, the newest being the last', () => {
    const all = versionsOf(detail([transcript(1, 'provider'), transcript(2, 'tidied'), transcript(3, 'edited')], [other]));
    expect(all.map(versionName)).toEqual(['原文', '整理稿', '我的修改', 'Coze 原文']);
    expect(all.map((one) => one.last)).toEqual([false, false, true, false]);
    expect(all.map((one) => versionAside(one, NOW))).toEqual(['Momoget 今天 14:01', '今天 14:02', '今天 14:03', '今天 09:30']);
    expect(all.map((one) => versionTitle(one, NOW))).toEqual(['Momoget 原文，今天 14:01', '整理稿，今天 14:02', '我的修改，今天 14:03', 'Coze 原文，今天 09:30']);
  });

  it('tell a restored copy from what the provider said first', () => {
    const all = versionsOf(detail([transcript(1, 'provider'), transcript(2, 'edited'), transcript(3, 'provider')]));
    expect(all.map(versionName)).toEqual(['原文', '我的修改', '还原的原文']);
  });

  it('can be deleted where they are the user’s own', () => {
    const all = versionsOf(detail([transcript(1, 'provider'), transcript(2, 'tidied'), transcript(3, 'edited')], [{ ...other, kind: 'edited' }]));
    expect(all.map(deletable)).toEqual([false, true, true, false]);
  });
});

describe('what tidying starts from', () => {
  it('is never a tidied text', () => {
    expect(tidyBase([transcript(1, 'provider'), transcript(2, 'tidied')], 2)?.version).toBe(1);
    expect(tidyBase([transcript(1, 'provider'), transcript(2, 'edited'), transcript(3, 'tidied')], 3)?.version).toBe(2);
  });

  it('is the version that is looked at, not a newer one', () => {
    expect(tidyBase([transcript(1, 'provider'), transcript(2, 'edited')], 1)?.version).toBe(1);
  });

  it('is the tidied text where there is no other', () => {
    expect(tidyBase([transcript(2, 'tidied')], 2)?.version).toBe(2);
  });
});

describe('the pair that is compared first', () => {
  it('is what the provider said and what is shown, the older at the left', () => {
    const all = versionsOf(detail([transcript(1, 'provider'), transcript(2, 'tidied'), transcript(3, 'edited')], [other]));
    expect(firstPair(all, { task: 9, version: 3 })).toEqual([
      { task: 9, version: 1 },
      { task: 9, version: 3 },
    ]);
  });

  it('is the newest beside the original where that is looked at', () => {
    const all = versionsOf(detail([transcript(1, 'provider'), transcript(2, 'edited')]));
    expect(firstPair(all, { task: 9, version: 1 })).toEqual([
      { task: 9, version: 1 },
      { task: 9, version: 2 },
    ]);
  });

  it('is of two tasks where each has one text', () => {
    const all = versionsOf(detail([transcript(1, 'provider')], [other]));
    expect(firstPair(all, { task: 9, version: 1 })).toEqual([
      { task: 4, version: 2 },
      { task: 9, version: 1 },
    ]);
  });

  it('is none where there is one text', () => {
    expect(firstPair(versionsOf(detail([transcript(1, 'provider')])), { task: 9, version: 1 })).toBeNull();
  });
});
