// Invented tasks and providers for the stand-in. No real key, link or person.

import { columns, workflows } from './texts';
import type { Failure, FailureKind, Platform, ProviderId, ProviderView, Task } from '../bindings';

const NOW = Date.now();
const MINUTE = 60_000;

export const share = `7.43 复制打开抖音，看看【灶边老周的作品】三分钟讲清楚红烧肉为什么总是柴… https://v.douyin.com/iRk3xQ7_p2A/ 05/17 qRe:/ P@w.SY
【一口气看懂分时电价：为什么半夜洗衣服更便宜-哔哩哔哩】 https://b23.tv/t7Kq2Lm
44 小满的租房日记发布了一篇小红书笔记，快来看吧！ 😆 kT2nWq8LmZxPaRc 😆 http://xhslink.com/a/Qz81nLwK3，复制本条信息，打开【小红书】App查看精彩内容！
再来一次 https://v.douyin.com/iRk3xQ7_p2A/`;

const greens = `你有没有发现，同样一把青菜，饭店端上来是碧绿的，自己在家一炒就发黄、出水、还塌成一团？今天我把后厨里最不起眼的一步讲给你听，学会了，以后炒青菜都不会再黄。
先说为什么会黄。叶绿素怕两样东西，一个是酸，一个是闷。你盖上锅盖焖两分钟，菜叶自己放出来的酸跑不掉，颜色一下子就暗了。所以第一条：炒青菜不盖锅盖，从下锅到出锅，全程敞着。
第二条，水。很多人洗完菜，抖两下就下锅，叶子上全是水珠，锅一下凉了，这哪是炒菜，这是煮菜。洗好以后放篮子里晾十分钟，或者拿厨房纸按一按，叶面干了再下。
第三条，也是最关键的一步：分开下。梗厚，叶薄，你一起倒进去，等梗熟了，叶子早过头了。师傅的做法是梗先下，大火三十秒，看到边上发亮，再把叶子推进去，翻五六下就关火。
盐什么时候放？记住三个字：出锅前。盐放早了，水全出来了，菜就塌。想要更绿一点，锅边淋小半勺热水，不是凉水。热水一激，蒸汽往上走，颜色立刻就提起来了。
最后说火。家里的灶没有饭店猛，别一次炒一大盆。分两次炒，每次一盘的量，锅才压得住。
总结一下：不盖盖、先晾干、梗叶分开、盐最后。四步，一分钟。今晚就试试，炒出来什么颜色，评论区发给我看。`;

export function text(id: number): string {
  return id === 4 ? greens.replaceAll('\n', '') : greens;
}

export const cover =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 120"><path d="M0 0h90v120H0z" fill="#dbe4dd"/><path d="M0 78c20-8 40-9 90-3v45H0z" fill="#b9cabd"/><ellipse cx="45" cy="80" rx="36" ry="13" fill="#3c4a55"/><path d="M22 76c2-20 14-31 20-34 2 13-3 26-12 35zM41 77c-3-19 5-34 15-42 4 16-1 32-8 42z" fill="#3f7f5a"/></svg>',
  );

export function failure(kind: FailureKind, provider: ProviderId): Failure {
  const charged = kind === 'provider-internal' || kind === 'malformed-response' ? 'unknown' : 'no';
  return { kind, charged, provider, http_status: 200, code: '401', message: 'Invalid API key or secret', trace_id: null, retry_after_s: null };
}

function task(id: number, over: Partial<Task> & { platform: Platform; title: string; url: string }): Task {
  const { platform, title, url, ...rest } = over;
  const created = rest.created_at ?? NOW - id * MINUTE;
  return {
    id,
    paste: id,
    operation: 'transcribe',
    provider: 'momoget',
    state: 'succeeded',
    wait: null,
    stalled: false,
    progress: null,
    cancel_cause: null,
    not_there: false,
    failure: null,
    remote_id: '9c41aaaabbbbccccddddeeee2e07',
    link: { url, platform, kind: 'short', id: null, canonical: null, title },
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
    submitted_at: created + 1000,
    ended_at: null,
    next_poll_at: null,
    ...rest,
    created_at: created,
  };
}

function found(author: string, duration: number, cover = false): Task['found'] {
  return { title: null, author, duration_s: duration, cover_url: cover ? 'x' : null, media_url: null, avatar_url: null, learned_at: NOW };
}

/** The list as the design shows it. `show` names the state that lies open. */
export function tasks(show: string): Task[] {
  const at = (minutes: number): number => NOW - minutes * MINUTE;
  const kind = show.startsWith('failed-') ? (show.slice(7) as FailureKind) : 'unauthorized';
  const offline = show === 'offline';
  const wait = show.startsWith('wait-') ? { reason: show.slice(5) as 'key', until: NOW + 32_000 } : { reason: offline ? ('offline' as const) : ('slot' as const), until: null };
  const list = [
    task(12, { platform: 'douyin', title: '开店三年，我只留下这四样设备', url: 'https://v.douyin.com/k8Jw2mN_c4E/', state: 'queued', wait, created_at: at(1), submitted_at: null, remote_id: null }),
    task(11, { platform: 'bilibili', title: '一口气看懂分时电价：为什么半夜洗衣服更便宜', url: 'https://b23.tv/t7Kq2Lm', state: 'submitting', created_at: at(1.2), remote_id: null }),
    task(10, { platform: 'douyin', title: '别再囤课了：把一条视频拆成三张卡片', url: 'https://v.douyin.com/Hn4sXw0_aTg/', state: 'running', created_at: at(0.75), submitted_at: NOW - 42_000, next_poll_at: NOW + 60_000, stalled: show === 'stalled' }),
    task(9, { platform: 'douyin', title: '为什么你炒的青菜总是发黄？师傅只多做了一步', url: 'https://v.douyin.com/iRk3xQ7_p2A/', words: 412, starred: true, tags: ['做菜', '口播结构好'], note: '四步总结可以借来用', found: found('灶边老周', 96, true), created_at: at(6), ended_at: at(5) }),
    task(8, { platform: 'xiaohongshu', title: '租房改造｜9 平米朝北小屋，怎么装都不暗', url: 'http://xhslink.com/a/Qz81nLwK3', provider: 'transcriptgenerate', state: 'failed', failure: failure(kind, 'transcriptgenerate'), remote_id: kind === 'provider-internal' ? '9c41aaaabbbb2e07' : null, created_at: at(18), ended_at: at(17.9) }),
    task(7, { platform: 'kuaishou', title: '凌晨四点的海鲜市场，老板娘教你挑螃蟹', url: 'https://v.kuaishou.com/3xK9wQe1', provider: show.startsWith('uncertain-') ? 'transcriptgenerate' : 'momoget', state: 'uncertain', remote_id: null, created_at: at(93) }),
    task(6, { platform: 'tiktok', title: 'How I plan a week of shorts in 30 minutes', url: 'https://vm.tiktok.com/ZM8kQ2wXy/', state: 'cancelled', cancel_cause: show === 'stopped' ? 'stopped_waiting' : show === 'gave-up' ? 'gave_up' : 'before_submit', created_at: at(200), ended_at: at(199) }),
    task(5, { platform: 'bilibili', title: '拆解一条百万播放的探店视频', url: 'https://b23.tv/xP4uR8a', provider: 'coze', operation: 'resolve', found: { title: '拆解一条百万播放的探店视频', author: '镜头后面', duration_s: 760, cover_url: 'x', media_url: 'https://media.example/v/0921.mp4', avatar_url: 'https://media.example/a/1.jpg', learned_at: NOW }, created_at: at(260), ended_at: at(259) }),
    task(4, { platform: 'toutiao', title: '为什么老小区加装电梯，总是卡在二楼这一户：一位社区书记跑了三年、开了四十七次协调会之后讲的实话', url: 'https://www.toutiao.com/video/7431', provider: 'transcriptgenerate', words: 412, found: found('街坊说事', 368), created_at: at(60 * 24), ended_at: at(60 * 24 - 1) }),
    task(3, { platform: 'douyin', title: '小店朋友圈这样发，三句话就够', url: 'https://v.douyin.com/aW9nTe_4Rk0/', words: 203, found: found('阿岚开店笔记', 48), created_at: at(60 * 27), ended_at: at(60 * 27 - 1) }),
    task(2, { platform: 'youtube', title: 'My plant kept falling over until I tried one chopstick', url: 'https://youtu.be/abc', words: 96, found: found('desk.garden', 23), created_at: at(60 * 75), ended_at: at(60 * 75 - 1) }),
  ];
  const shown: Record<string, number> = { analysis: 40, analysing: 40, batch: 49, 'batch-uncertain': 49, queued: 12, submitting: 11, running: 10, stalled: 10, offline: 12, failed: 8, uncertain: 7, cancelled: 6, stopped: 6, 'gave-up': 6, info: 5, long: 4 };
  const first = show.startsWith('failed-') ? 8 : show.startsWith('uncertain') ? 7 : show.startsWith('wait-') ? 12 : (shown[show] ?? 9);
  // The window opens the first of the list, so the one to be shown is asked for by its id.
  Object.assign(window, { __OPEN__: first });
  return list;
}

export function providers(fresh: boolean): ProviderView[] {
  const secret = (name: string, last4: string | null, required = true) => ({ name, secret: true, required, value: null, configured: !fresh && last4 !== null, last4: fresh ? null : last4, choices: [], columns: [] });
  const plain = (name: string, value: string | null, over: object = {}) => ({ name, secret: false, required: false, value, configured: false, last4: null, choices: [], columns: [], ...over });
  const shared = { session_only: false, signup_url: 'https://example.org', console_url: 'https://example.org', platforms: [], checked_at: fresh ? null : NOW - 9 * MINUTE, check_failure: null, spent_today: 0, charged_on_failure: 'unknown' as const, batch: 1, slots: null, running: 0, daily_limit: null, limit_lifted: false, expires_at: null };
  return [
    { ...shared, id: 'momoget', name: 'Momoget', platforms: ['douyin', 'kuaishou', 'xiaohongshu', 'bilibili', 'toutiao'], fields: [secret('user_id', '1c7a'), plain('base_url', 'https://www.momoget.cn/api/v1')], operations: ['transcribe'], batch: 5, unit: 'use', ready: !fresh, allowance: fresh ? null : { unit: 'use', left: 37, total: null, period: null, learned_at: NOW - 3 * MINUTE }, expected_cost: 1, spent_today: fresh ? 0 : 12 },
    { ...shared, id: 'transcriptgenerate', name: 'TranscriptGenerate', fields: [secret('api_key', '8d2f'), secret('api_secret', '77e0'), plain('base_url', 'https://api.transcriptgenerate.com/open-gateway')], operations: ['transcribe'], unit: 'second', ready: !fresh, allowance: fresh ? null : { unit: 'second', left: 5400, total: 6000, period: 'daily', learned_at: NOW - 30 * MINUTE }, slots: 3, running: 1, expected_cost: null, check_failure: fresh ? null : failure('unauthorized', 'transcriptgenerate') },
    { ...shared, id: 'coze', name: 'Coze', fields: [secret('token', 'q9Zt'), secret('history_token', null, false), plain('site', 'cn', { choices: ['cn', 'com'] }), plain('workflows', fresh ? null : workflows, { required: true, columns }), plain('token_expires', fresh ? null : '2026-12-20'), plain('base_url', null)], operations: ['transcribe', 'resolve'], unit: 'run', ready: !fresh, allowance: null, expected_cost: 1, expires_at: fresh ? null : NOW + 3 * 24 * 60 * MINUTE },
    { ...shared, id: 'rawugc', name: 'RawUGC', fields: [secret('api_key', '5e0b'), plain('base_url', 'https://rawugc.com/api/v1')], operations: ['analyze', 'generate_video', 'generate_image', 'generate_music', 'captions', 'overlay', 'scrape', 'plan'], unit: 'credit', ready: !fresh, allowance: fresh ? null : { unit: 'credit', left: 128, total: null, period: null, learned_at: NOW - 2 * MINUTE }, expected_cost: null },
    { ...shared, id: 'jimeng', name: 'Jimeng', fields: [secret('api_key', '9a11'), plain('base_url', 'https://gateway.example')], operations: ['generate_video'], unit: 'use', ready: !fresh, allowance: null, expected_cost: null },
  ];
}
