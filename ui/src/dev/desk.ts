// The desktop around the window, as the stand-in for Rust plays it.

import type { Desktop, NetworkTest, Offer, ProviderId, Reached, Update } from '../bindings';

const query = new URLSearchParams(location.search);
const HOUR = 3_600_000;

type Emit = (event: string, payload: unknown) => void;

/** `?desktop=bare` has neither tray nor keys from anywhere. */
let desktop: Desktop = {
  tray: query.get('desktop') !== 'bare',
  shortcuts: query.get('desktop') !== 'bare',
  shortcut_taken: query.get('desktop') === 'taken',
  autostart: query.get('desktop') === 'bare' ? null : false,
  owned_by: null,
  system: 'linux',
};

const link = (url: string): Offer['links'][number] => ({ url, platform: 'douyin', kind: 'short', id: null, canonical: null, title: '三分钟讲清楚红烧肉' });

/** `?offer=1` or `?offer=3`: so many links are on the clipboard. */
let offer: Offer | null = query.has('offer')
  ? { text: '7.43 复制打开抖音 https://v.douyin.com/k8Jw2mN_c4E/', links: Array.from({ length: Number(query.get('offer') || 1) }, () => link('https://v.douyin.com/k8Jw2mN_c4E/')) }
  : null;

/** `?wish`, or `?wish=long`. */
const wish = query.has('wish')
  ? { text: '7.43 复制打开抖音，看看【灶边老周的作品】三分钟讲清楚红烧肉为什么总是柴… https://v.douyin.com/iRk3xQ7_p2A/ 05/17 qRe:/ <b>P@w.SY</b>\n'.repeat(query.get('wish') === 'long' ? 30 : 1) }
  : null;

const page = 'https://downloads.example/shiwen';

/** `?update=found` and so on. */
const updates: Record<string, Update> = {
  off: { state: 'off' },
  owned: { state: 'owned' },
  unchecked: { state: 'current', checked_at: null },
  current: { state: 'current', checked_at: Date.now() - 2 * HOUR },
  found: { state: 'found', version: '0.2.0', notes: '批量可以暂停和继续。\n账本按月看，能存成 CSV。\n修好了几处小毛病。' },
  loading: { state: 'loading', version: '0.2.0', received: 3_400_000, total: 5_800_000 },
  waiting: { state: 'waiting', version: '0.2.0', running: 2 },
  ready: { state: 'ready', version: '0.2.0' },
  failed: { state: 'failed', page },
};
let update: Update = updates[query.get('update') ?? 'current'] ?? { state: 'off' };

/** What `?reached=` says is met on the way to a provider. */
function reach(provider: ProviderId): NetworkTest {
  const reached = (query.get('reached') as Reached | null) ?? (provider === 'rawugc' ? 'no_connection' : provider === 'coze' ? 'proxy' : 'answered');
  const host = { momoget: 'www.momoget.cn', transcriptgenerate: 'api.transcriptgenerate.com', coze: 'api.coze.cn', rawugc: 'rawugc.com', jimeng: 'gateway.example' }[provider];
  return { provider, host, reached, took_ms: 286, proxy: reached === 'proxy' || query.has('through') ? 'http://127.0.0.1:7890' : null };
}

/* eslint-disable @typescript-eslint/no-explicit-any -- the arguments are whatever the bindings send */
export function answers(emit: Emit): Record<string, (args: any) => unknown> {
  if (query.has('closing')) setTimeout(() => emit('close-asked', null), 400);
  if (query.get('comes') === 'late') setTimeout(() => emit('clipboard-offered', offer), 400);
  if (query.get('comes') === 'late' && wish) setTimeout(() => emit('wished', wish), 400);
  return {
    desktop: () => desktop,
    set_autostart: ({ on }) => (desktop = { ...desktop, autostart: on }),
    answer_close: () => null,
    offered: () => offer,
    decline_offer: () => (offer = null),
    wished: () => wish,
    update: () => update,
    check_update: () => (update = updates[query.get('checked') ?? 'current']!),
    install_update: () => {
      setTimeout(() => emit('update-changed', (update = updates.waiting!)), 1500);
      return (update = updates.loading!);
    },
    test_network: ({ provider }) => reach(provider),
  };
}
/* eslint-enable @typescript-eslint/no-explicit-any */
