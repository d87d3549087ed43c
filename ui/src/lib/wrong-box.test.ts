import { describe, expect, it } from 'vitest';
import { holdsKey, keyDoubt } from './wrong-box';

const tail = 'x1'.repeat(8);

describe('a text for a field that is kept', () => {
  it('holds a key where something in it begins like one', () => {
    for (const prefix of ['ak_', 'sk_', 'sk-', 'pat_', 'sat_', 'eyJ']) expect(holdsKey(`我的 ${prefix}${tail}`), prefix).toBe(true);
    expect(holdsKey(`X-API-Key: ak_${tail}`)).toBe(true);
  });

  it('holds none where it is words, a link or the number of a task', () => {
    for (const text of ['红烧肉', 'sk_short', 'task_idxxxxxxxxxxxxxx', 'https://v.douyin.com/iRk3xQ7_p2A/', '9c41aaaabbbbccccddddeeee2e07'])
      expect(holdsKey(text), text).toBe(false);
  });
});

describe('a text in a key field', () => {
  it('is doubted where it is a share text', () => {
    expect(keyDoubt('momoget', 'user_id', '复制打开抖音')).toBe('settings.doubt.share');
    expect(keyDoubt('momoget', 'user_id', 'https://v.douyin.com/x/')).toBe('settings.doubt.share');
  });

  it('is doubted where it is the mask of a saved key', () => {
    expect(keyDoubt('rawugc', 'api_key', '••••••')).toBe('settings.doubt.mask');
  });

  it('is doubted where it begins like the key of another service', () => {
    expect(keyDoubt('rawugc', 'api_key', `pat_${tail}`)).toBe('settings.doubt.coze');
    expect(keyDoubt('momoget', 'user_id', `ak_${tail}`)).toBe('settings.doubt.transcriptgenerate');
    expect(keyDoubt('coze', 'token', `ak_${tail}`)).toBe('settings.doubt.not_coze');
  });

  it('is doubted where key and secret were swapped', () => {
    expect(keyDoubt('transcriptgenerate', 'api_key', `sk_${tail}`)).toBe('settings.doubt.secret_in_key');
    expect(keyDoubt('transcriptgenerate', 'api_secret', `ak_${tail}`)).toBe('settings.doubt.key_in_secret');
  });

  it('is not doubted where it fits, and while nothing is typed', () => {
    expect(keyDoubt('coze', 'token', `pat_${tail}`)).toBeNull();
    expect(keyDoubt('transcriptgenerate', 'api_key', `ak_${tail}`)).toBeNull();
    expect(keyDoubt('jimeng', 'api_key', `sk_${tail}`)).toBeNull();
    expect(keyDoubt('momoget', 'user_id', '  ')).toBeNull();
  });
});
