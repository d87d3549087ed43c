// The studio for the stand-in of Rust: forms, collections, works and research, invented.

import type {
  Collection,
  CollectionCall,
  Entry,
  Form,
  FormField,
  Item,
  Items,
  Order,
  Scrape,
  Plan,
  Task,
  TaskDetail,
  Verb,
  Work,
} from '../bindings';

const NOW = Date.now();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function field(name: string, kind: FormField['kind'], over: Partial<FormField> = {}): FormField {
  return { name, kind, required: false, models: [], choices: [], default: null, longest: null, most: null, smallest: null, largest: null, of: null, media: [], ...over };
}

const required = { required: true };
const pictures = { media: ['image/png', 'image/jpeg', 'image/webp'] };
const films = { media: ['video/mp4', 'video/quicktime', 'video/webm'] };
const sora = ['sora-2-text-to-video', 'sora-2-image-to-video'];
const kling = ['kling-2.6/motion-control'];
const veo = ['veo3', 'veo3_fast'];
const nano = ['nano-banana-2'];
const edit = ['google/nano-banana-edit'];

const form = (operation: Form['operation'], fields: FormField[], costs: Record<string, number> = {}, provider: Form['provider'] = 'rawugc'): Form => ({ provider, operation, fields, costs });

export const forms: Form[] = [
  form('generate_video', [
    field('model', 'choice', { ...required, choices: [...sora, ...kling, ...veo] }),
    field('prompt', 'long_text', { ...required, longest: 5000, models: ['sora-2-text-to-video', ...veo] }),
    field('prompt', 'long_text', { longest: 5000, models: ['sora-2-image-to-video', ...kling] }),
    field('imageUrls', 'addresses', { ...required, ...pictures, most: 10, models: ['sora-2-image-to-video', ...kling] }),
    field('imageUrls', 'addresses', { ...pictures, most: 2, models: veo }),
    field('videoUrls', 'addresses', { ...required, ...films, most: 1, models: kling }),
    field('aspectRatio', 'choice', { choices: ['portrait', 'landscape'], models: sora }),
    field('aspectRatio', 'choice', { choices: ['16:9', '9:16', 'Auto'], models: veo }),
    field('nFrames', 'choice', { choices: ['10', '15'], models: sora }),
    field('selectedCharacter', 'item', { of: 'characters' }),
    field('characterOrientation', 'choice', { choices: ['image', 'video'], models: kling }),
    field('mode', 'choice', { choices: ['720p', '1080p'], models: kling }),
  ]),
  form('generate_image', [
    field('model', 'choice', { ...required, choices: [...nano, ...edit] }),
    field('prompt', 'long_text', { ...required, longest: 20000 }),
    field('imageUrls', 'addresses', { ...required, ...pictures, most: 14, models: edit }),
    field('imageUrls', 'addresses', { ...pictures, most: 14, models: nano }),
    field('aspectRatio', 'choice', { models: nano, default: 'auto', choices: '1:1 1:4 1:8 2:3 3:2 3:4 4:1 4:3 4:5 5:4 8:1 9:16 16:9 21:9 auto'.split(' ') }),
    field('imageSize', 'choice', { models: edit, choices: '1:1 9:16 16:9 3:4 4:3 3:2 2:3 5:4 4:5 21:9 auto'.split(' ') }),
    field('resolution', 'choice', { models: nano, default: '1K', choices: ['1K', '2K', '4K'] }),
    field('outputFormat', 'choice', { models: nano, default: 'jpg', choices: ['png', 'jpeg', 'jpg'] }),
    field('outputFormat', 'choice', { models: edit, default: 'png', choices: ['png', 'jpeg', 'jpg'] }),
    field('googleSearch', 'flag', { models: nano, default: false }),
  ], { 'nano-banana-2': 4, 'google/nano-banana-edit': 2 }),
  form('generate_music', [
    field('prompt', 'long_text', { ...required, longest: 2000 }),
    field('model', 'choice', { default: 'V5', choices: ['V3_5', 'V4', 'V4_5', 'V4_5PLUS', 'V4_5ALL', 'V5'] }),
    field('instrumental', 'flag', { default: true }),
    field('title', 'text', { longest: 200 }),
    field('style', 'text', { longest: 500 }),
  ], { V3_5: 3, V4: 3, V4_5: 3, V4_5PLUS: 3, V4_5ALL: 3, V5: 3, '': 3 }),
  form('captions', [field('videoId', 'text', required), field('language', 'text')], { '': 1 }),
  form('overlay', [
    field('videoId', 'text', required),
    field('text', 'long_text', { ...required, longest: 500 }),
    field('position', 'choice', { choices: ['top', 'center', 'bottom'] }),
    field('fontSize', 'whole', { smallest: 8, largest: 200 }),
    field('topBottomMargin', 'whole', { smallest: 0, largest: 500 }),
    field('strokeThickness', 'number', { smallest: 0, largest: 10 }),
  ]),
  form('scrape', [
    field('query', 'text', { ...required, longest: 500 }),
    field('mode', 'choice', { default: 'keyword', choices: ['keyword', 'hashtag', 'search'] }),
    field('limit', 'whole', { default: 10, smallest: 1, largest: 10 }),
  ], { '': 3 }),
  form('plan', [field('scrapeId', 'text', required), field('brief', 'long_text', { ...required, longest: 5000 })], { '': 3 }),
  form('analyze', [field('prompt', 'long_text', { longest: 5000 })], { '': 1 }),
  form('generate_video', [
    field('prompt', 'long_text', required),
    field('image_url', 'address'),
    field('duration', 'choice', { ...required, choices: ['5', '10'], default: '5' }),
    field('aspect_ratio', 'choice', { ...required, default: '16:9', choices: ['1:1', '21:9', '16:9', '9:16', '4:3', '3:4'] }),
  ], {}, 'jimeng'),
];

const call = (verb: Verb, fields: FormField[] = [], ask = false): CollectionCall => ({ verb, form: form(null, fields), ask });
const shelf = (name: string, calls: CollectionCall[]): Collection => ({ provider: 'rawugc', name, calls });
const library = (name: string, fields: FormField[]): Collection =>
  shelf(name, [call('list'), call('get'), call('create', fields), call('update', fields.map((one) => ({ ...one, required: false })).filter((one) => one.name !== 'type')), call('delete', [], true)]);
const name = field('name', 'text', { ...required, longest: 200 });
const jobs = [field('status', 'choice', { choices: ['pending', 'processing', 'completed', 'failed'] }), field('limit', 'whole', { smallest: 1, largest: 100 }), field('page', 'whole', { smallest: 1 })];
const when = [field('scheduledFor', 'time'), field('timezone', 'text', { default: 'UTC' })];

export const collections: Collection[] = [
  library('personas', [name, field('description', 'long_text', { ...required, longest: 5000 })]),
  library('products', [
    name,
    field('photos', 'addresses', { ...required, ...pictures }),
    field('description', 'long_text', { longest: 1000 }),
    field('messaging', 'long_text', { longest: 5000 }),
  ]),
  library('styles', [
    name,
    field('description', 'long_text', { longest: 1000 }),
    field('type', 'choice', { choices: ['video', 'image'] }),
    field('aspectRatio', 'choice', { choices: ['portrait', 'landscape', 'square'] }),
    field('promptTemplate', 'long_text', { longest: 5000 }),
  ]),
  library('messaging', [name, field('body', 'long_text', { ...required, longest: 5000 })]),
  shelf('characters', [call('list'), call('get')]),
  shelf('videos', [call('list', jobs), call('get')]),
  shelf('images', [call('list', jobs), call('get')]),
  shelf('music', [call('list', jobs), call('get')]),
  shelf('accounts', [call('list'), call('refresh'), call('delete', [], true)]),
  shelf('posts', [
    call('list', [field('fromDate', 'time', { smallest: 0 }), field('toDate', 'time', { smallest: 0 }), field('includeDrafts', 'flag')]),
    call('get'),
    call('create', [
      field('videoUrl', 'address', { ...required, ...films }),
      field('accountIds', 'items', { ...required, of: 'accounts' }),
      field('mode', 'choice', { ...required, choices: ['schedule', 'draft', 'now'] }),
      ...when,
      field('content', 'long_text', { longest: 2200 }),
      field('videoId', 'text'),
      field('publishToInbox', 'flag'),
      field('tiktokPrivacyLevel', 'choice', { choices: ['SELF_ONLY', 'PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR'] }),
      field('tiktokAllowComment', 'flag'),
      field('tiktokAllowDuet', 'flag'),
      field('tiktokAllowStitch', 'flag'),
      field('tiktokCommercialContentType', 'choice', { choices: ['none', 'brand_organic', 'brand_content'] }),
    ], true),
    call('update', [field('content', 'long_text', { longest: 2200 }), ...when, field('accountIds', 'items', { of: 'accounts' })]),
    call('delete', [], true),
    call('reschedule', [field('scheduledFor', 'time', required), field('timezone', 'text', { default: 'UTC' })]),
    call('publish', [], true),
  ]),
  shelf('viral', [call('search', [field('q', 'text', required), field('limit', 'whole', { default: 20, smallest: 1, largest: 50 })]), call('get')]),
  shelf('plans', [call('list')]),
];

const drawing = (from: string, to: string, mark: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 150"><rect width="120" height="150" fill="${from}"/><circle cx="60" cy="64" r="30" fill="${to}"/><text x="60" y="76" font-size="30" text-anchor="middle" fill="#fff">${mark}</text></svg>`)}`;
const sights = [drawing('#8fa5b5', '#d9694a', '舟'), drawing('#e6ded2', '#2f6b4f', '花'), drawing('#c9b7a0', '#7a3b2e', '茶'), drawing('#9db4a6', '#41577a', '山')];
export const picture = (url: string): string | null => (url.startsWith('sight:') ? (sights[Number(url.slice(6)) % sights.length] ?? null) : null);

const work = (id: string, over: Partial<Work> = {}): Work => ({
  kind: 'video', remote_id: id, version: 1, edit: null, url: `https://media.example/${id}.mp4`, expires_at: null, cover_url: 'sight:0', title: null, duration_s: 10, ...over,
});

function task(id: number, subject: string, over: Partial<Task> = {}): Task {
  const created = over.created_at ?? NOW - Math.max(2, 1099 - id) * 9 * MINUTE;
  return {
    id, paste: id, operation: 'generate_video', provider: 'rawugc', state: 'succeeded', wait: null, stalled: false, progress: null,
    cancel_cause: null, failure: null, not_there: false, remote_id: `vid_7f31aaaa${id}`, link: null, subject, model: 'sora-2-text-to-video', parent: null, batch: null,
    target_language: null, works: [], kept: [], then: [], cost: 5, words: null, starred: false, note: null, tags: [], deleted_at: null, imported: false, created_at: created, submitted_at: created + 900, ended_at: over.state && over.state !== 'succeeded' ? null : created + 2 * MINUTE,
    next_poll_at: null, ...over,
    found: { title: null, author: null, duration_s: null, cover_url: null, media_url: null, avatar_url: null, learned_at: null },
  };
}

const refused = { kind: 'invalid-input', charged: 'unknown', provider: 'rawugc', http_status: 200, code: 'PROMPT', message: 'The prompt was refused.', trace_id: null, retry_after_s: null } as const;

export function works(show: string): Task[] {
  if (show === 'studio-empty') return [];
  const all = [
    task(1098, '清晨的河面，一只折好的纸船顺水漂向镜头，薄雾，远处有桥', { state: 'running', created_at: NOW - 78_000, submitted_at: NOW - 78_000, progress: 40, cost: 5 }),
    task(1097, '深夜的便利店，店员在数零钱', { operation: 'generate_image', model: 'nano-banana-2', state: 'queued', wait: { reason: 'rate', until: NOW + 32_000 }, remote_id: null, submitted_at: null, cost: null }),
    task(1096, '一根筷子扶起一盆花', { model: 'veo3_fast', cost: 9, works: [work('vid_b0', { cover_url: 'sight:1', duration_s: 15 }), work('vid_b1', { version: 2, edit: 'captions', cover_url: 'sight:2' }), work('vid_b2', { version: 3, edit: 'overlay', cover_url: 'sight:3' })] }),
    task(1095, '纸船，黄昏版', { provider: 'jimeng', model: null, cost: null, works: [work('cgt-1', { remote_id: null, expires_at: NOW + 21 * HOUR })] }),
    task(1094, '深夜的便利店，店员在数零钱，镜头从收银台慢慢推近', { operation: 'generate_image', model: 'nano-banana-2', state: 'failed', failure: refused, cost: 4, ended_at: NOW - 6 * MINUTE }),
    task(1093, '茶馆里的一盏灯', { operation: 'generate_image', model: 'google/nano-banana-edit', cost: 2, works: [work('img_1', { kind: 'image', cover_url: null, duration_s: null })] }),
    task(1092, '阳台小番茄的一天', { state: 'uncertain', remote_id: null, cost: null, model: 'sora-2-text-to-video' }),
    task(1091, '轻快的木吉他，适合做饭的视频', { operation: 'generate_music', model: 'V5', cost: 3, works: [work('mus_1', { kind: 'music', title: '阳台', cover_url: 'sight:3', duration_s: 93 })], created_at: NOW - 26 * HOUR }),
    task(1090, '先不做了', { state: 'cancelled', cancel_cause: 'before_submit', cost: null, remote_id: null, submitted_at: null, created_at: NOW - 27 * HOUR, ended_at: NOW - 26.9 * HOUR }),
    task(1089, '一根筷子扶起一盆花', { operation: 'overlay', parent: 1096, state: 'running', created_at: NOW - 20_000, submitted_at: NOW - 19_000, cost: null }),
  ];
  if (show !== 'studio-many') return all.toSorted((one, other) => other.id - one.id);
  const many = Array.from({ length: 200 }, (_, at) =>
    task(1000 - at, `第 ${200 - at} 件：窗台上的一盆花在一天里的光影`, { created_at: NOW - (at + 30) * HOUR, works: [work(`vid_m${at}`, { cover_url: `sight:${at % 4}` })] }),
  );
  return [...all, ...many];
}

const scrape: Scrape = {
  scrape_id: 'scr_1',
  videos: Array.from({ length: 9 }, (_, at) => ({
    id: `v${at}`, url: `https://www.tiktok.com/@garden${at}/video/700000000000000000${at}`, author: ['balcony.grows', '阳台老周', 'tiny.tomatoes'][at % 3] ?? null,
    description: ['Three mistakes that kill balcony tomatoes before June', '九块九的花盆也能种出一整个夏天', 'POV: your first harvest fits in one hand'][at % 3] ?? null,
    views: 1_284_000 >> at, likes: 98_200 >> at, comments: 1_204 >> at, shares: 8_400 >> at, duration_s: 17 + at * 6.5, hashtags: ['balconygarden', 'tomato', '种菜'].slice(0, 1 + (at % 3)), cover_url: at === 4 ? null : `sight:${at}`, media_url: null,
  })),
};
const plan: Plan = {
  plan_id: 'pln_1', scrape_id: 'scr_1', brief: '竹支架，给阳台种番茄的新手，想让人看完就去扶一下自己的苗',
  top_wins: ['第一秒就是快倒的苗，手还没进画面', '价格说得很早，9.9 在第三秒出现', '结尾回到同一盆，隔了两周'],
  gaps_to_test: ['没有人拍过晚上扶苗', '没有人把支架当礼物送'],
  blueprints: [
    { category: '问题开场', strategy: '先让人担心，再给一个很小的动作', evidence: '9 条里有 5 条用快倒的苗开场，完播高出三成', ideas: [
      { hook: '你的番茄今晚就会倒', opening_shot: '俯拍，苗已经歪了一半', outline: '倒的原因一句话，支架插两根，绑一个八字结，隔天早上再看', call_to_action: '现在去看看你那盆' },
      { hook: '一根筷子够不够', opening_shot: '手里一根筷子和一根竹支架', outline: '先用筷子，风一吹就倒；换支架，对比', call_to_action: '评论里说说你用什么扶' },
    ] },
    { category: '前后对比', strategy: '同一机位，两周', evidence: '3 条前后对比的转发最多', ideas: [{ hook: '两周，我只做了一件事', opening_shot: '同一个窗台，第一天', outline: '每两天一个镜头', call_to_action: null }] },
  ],
};

export function research(show: string): Task[] {
  if (show === 'studio-empty') return [];
  return [
    task(2003, '竹支架，给阳台种番茄的新手，想让人看完就去扶一下自己的苗', { operation: 'plan', model: null, cost: 3, remote_id: 'pln_1', parent: 2002, created_at: NOW - 12 * MINUTE }),
    task(2002, 'balcony garden', { operation: 'scrape', model: null, cost: 3, remote_id: 'scr_1', created_at: NOW - 20 * MINUTE }),
    task(2001, '阳台种菜', { operation: 'scrape', model: null, state: 'failed', failure: { ...refused, kind: 'quota-exhausted', charged: 'no', http_status: 402 }, cost: null, remote_id: null, created_at: NOW - 27 * HOUR }),
  ];
}

export function detail(one: Task): Partial<TaskDetail> {
  const input: Record<string, Entry> = one.operation === 'scrape' ? { query: one.subject, limit: 9 } : one.operation === 'plan' ? { brief: one.subject, scrapeId: 'scr_1' } : { prompt: `${one.subject ?? ''}。安静，不要人声，只有水声和远处的鸟叫。`, ...(one.model ? { model: one.model } : {}), aspectRatio: 'portrait' };
  const done = one.state === 'succeeded';
  return {
    input,
    share_text: '',
    transcripts: [],
    output: !done ? null : one.operation === 'scrape' ? { kind: 'scrape', ...scrape } : one.operation === 'plan' ? { kind: 'plan', ...plan } : { kind: 'works', works: one.works },
  };
}

const item = (id: string, title: string, over: Partial<Item> = {}): Item => ({ id, title, text: null, pictures: [], media_url: null, facts: [], built_in: false, input: {}, analysis: null, ...over });

const stored: Record<string, Item[]> = {
  personas: [
    item('per_1', '阳台种菜的上班族', { text: '两平方米的阳台，早出晚归，想要一点绿。', facts: [['createdAt', NOW - 40 * HOUR]], input: { name: '阳台种菜的上班族', description: '两平方米的阳台，早出晚归，想要一点绿。' } }),
    item('per_2', '第一次养植物的学生', { text: '宿舍窗台，预算 50 元以内。', facts: [['createdAt', NOW - 90 * HOUR]], input: { name: '第一次养植物的学生', description: '宿舍窗台，预算 50 元以内。' } }),
  ],
  products: [item('prd_1', '竹支架', { text: '一包十根，45 厘米。', pictures: ['sight:1', 'sight:2'], facts: [['createdAt', NOW - HOUR]], input: { name: '竹支架', description: '一包十根，45 厘米。', photos: ['https://media.example/s.jpg'], messaging: '一分钟插好，风吹不倒。' } })],
  styles: [
    item('sty_0', 'Talking head', { text: 'Person speaks to the camera.', built_in: true, facts: [['type', 'video'], ['aspectRatio', 'portrait'], ['isStandard', true]], input: { name: 'Talking head' } }),
    item('sty_1', '手持俯拍', { text: '桌面俯拍，自然光。', facts: [['type', 'video'], ['aspectRatio', 'portrait']], input: { name: '手持俯拍', description: '桌面俯拍，自然光。', promptTemplate: '{character} 拿着 {productName}' } }),
  ],
  messaging: [item('msg_1', '口气', { text: '短句，像跟邻居说话。', facts: [['createdAt', NOW - 5 * HOUR]], input: { name: '口气', body: '短句，像跟邻居说话。' } })],
  characters: [item('rawugc.mia', 'Mia', { text: '二十来岁，爱做饭。', built_in: true, facts: [['username', 'rawugc.mia'], ['isActive', true]] }), item('rawugc.chen', 'Chen', { text: '退休的园艺师。', built_in: true, facts: [['username', 'rawugc.chen'], ['isActive', true]] })],
  videos: [item('vid_b0', '一根筷子扶起一盆花', { facts: [['status', 'completed'], ['model', 'veo3_fast'], ['creditsUsed', 9], ['createdAt', NOW - HOUR]], media_url: 'https://media.example/b0.mp4' })],
  images: [],
  accounts: [
    item('acc_1', '阳台老周', { pictures: ['sight:3'], facts: [['platform', 'tiktok'], ['username', 'balcony.zhou'], ['isActive', true]] }),
    item('acc_2', 'desk.garden', { facts: [['platform', 'instagram'], ['username', 'desk.garden'], ['isActive', false]] }),
  ],
  posts: [
    item('post_1', '九块九的花盆', { text: '九块九的花盆也能种出一整个夏天 #阳台种菜', facts: [['status', 'scheduled'], ['scheduledFor', NOW + 20 * HOUR], ['platforms', ['tiktok', 'instagram']], ['timezone', 'Asia/Shanghai'], ['createdAt', NOW - HOUR]], media_url: 'https://media.example/b0.mp4', input: { content: '九块九的花盆也能种出一整个夏天 #阳台种菜', scheduledFor: NOW + 20 * HOUR, accountIds: ['acc_1'] } }),
    item('post_2', '', { text: '两周，我只做了一件事', facts: [['status', 'draft'], ['platforms', ['tiktok']], ['createdAt', NOW - 3 * HOUR]], input: { content: '两周，我只做了一件事' } }),
    item('post_3', '', { text: '你的番茄今晚就会倒', facts: [['status', 'published'], ['platforms', ['tiktok']], ['publishedAt', NOW - 50 * HOUR], ['createdAt', NOW - 51 * HOUR]] }),
    item('post_4', '', { text: 'POV: your first harvest', facts: [['status', 'failed'], ['platforms', ['youtube']], ['createdAt', NOW - 52 * HOUR]] }),
  ],
  plans: [item('pln_1', '竹支架，给阳台种番茄的新手', { facts: [['createdAt', NOW - 12 * MINUTE], ['scrapeId', 'scr_1']] })],
  viral: Array.from({ length: 5 }, (_, at) =>
    item(`vl_${at}`, `@fixture${at}`, { text: 'Nobody tells you this about tomatoes', pictures: [`sight:${at}`], media_url: null, facts: [['url', `https://www.tiktok.com/@fixture/video/70000000000000077${at}`], ['username', `fixture${at}`], ['views', 1_204_000 >> at], ['likes', 88_000 >> at], ['comments', 900 >> at], ['shares', 400 >> at], ['saves', 700 >> at], ['duration', 23 + at], ['hashtags', ['garden', 'howto']], ['score', 0.93 - at / 10]], analysis: at === 0 ? { summary: 'A gardener stakes a tomato.', hook: 'Nobody tells you this about tomatoes.', keyframes: [{ at_s: 0, word: 'hook', description: 'a drooping plant', visual: 'handheld', audio: 'a question', text: 'STOP!' }], duration_s: 23, tags: ['gardening'], why_it_performed: ['clear promise'], attributes_to_copy: ['question as opener'], hooks_to_test: ['Your tomato is about to fall.'] } : null }),
  ),
};

let made = 0;
let busy = 0;

export function collectionCall(show: string, args: { collection: string; verb: Verb; id: string | null; input: Record<string, Entry> }): Items {
  const { collection, verb, id, input } = args;
  if (show === 'studio-busy' && busy++ < 2) throw { code: 'busy_call', message: 'invented', faults: [], failure: null, until: Date.now() + 8000 };
  if (show === 'studio-refused') throw { code: 'refused_call', message: 'invented', faults: [], failure: { ...refused, kind: 'unauthorized', charged: 'no', http_status: 401 } };
  const list = (stored[collection] ??= []);
  const answer = (items: Item[]): Items => ({ items, total: items.length, has_more: false, allowance: null });
  const put = (one: Item): Items => {
    stored[collection] = [one, ...list.filter((other) => other.id !== one.id)];
    return answer([one]);
  };
  const old = list.find((one) => one.id === id);
  switch (verb) {
    case 'list':
    case 'refresh':
      return answer(show === 'studio-empty' ? [] : list);
    case 'search':
      return answer(list);
    case 'create': {
      if (show === 'studio-uncertain') throw { code: 'uncertain_call', message: 'invented', faults: [], failure: { ...refused, kind: 'network', http_status: null } };
      const text = typeof input.description === 'string' ? input.description : typeof input.body === 'string' ? input.body : typeof input.content === 'string' ? input.content : null;
      const status = input.mode === 'now' ? 'published' : input.mode === 'draft' ? 'draft' : 'scheduled';
      const facts: [string, Entry][] = collection === 'posts' ? [['status', status], ['platforms', ['tiktok']], ['scheduledFor', input.scheduledFor ?? null], ['createdAt', Date.now()]] : [['createdAt', Date.now()]];
      return put(item(`new_${++made}`, typeof input.name === 'string' ? input.name : '', { text, input, facts }));
    }
    case 'update':
    case 'reschedule':
      return put({ ...old!, title: typeof input.name === 'string' ? input.name : old!.title, text: typeof input.content === 'string' ? input.content : typeof input.description === 'string' ? input.description : old!.text, input: { ...old!.input, ...input }, facts: old!.facts.map(([key, value]) => [key, input[key] ?? value]) });
    case 'publish':
      return put({ ...old!, facts: old!.facts.map(([key, value]) => [key, key === 'status' ? 'published' : value]) });
    case 'delete':
      stored[collection] = list.filter((one) => one.id !== id);
      return answer([]);
    case 'get':
      return answer(old ? [old] : []);
  }
}

export function ordered(id: number, { provider, operation, input, parent }: Order): Task {
  const words = [input.prompt, input.query, input.brief, input.text].find((one) => typeof one === 'string');
  return task(id, typeof words === 'string' ? words : '', {
    provider, operation, parent, state: 'queued', model: typeof input.model === 'string' ? input.model : null, created_at: Date.now(), submitted_at: null, ended_at: null, remote_id: null, cost: null,
  });
}

export function result(one: Task): Partial<Task> {
  const kind = one.operation === 'generate_image' ? 'image' : one.operation === 'generate_music' ? 'music' : 'video';
  const edited = one.operation === 'captions' || one.operation === 'overlay';
  const made: Work[] = one.operation === 'scrape' || one.operation === 'plan' ? [] : [work(`vid_${one.id}`, { kind, version: edited ? 4 : 1, edit: edited ? one.operation : null, cover_url: `sight:${one.id % 4}` })];
  return { state: 'succeeded', ended_at: Date.now(), works: made, cost: 5 };
}
