// The keys that the window knows, for the help page. What they do is where they are handled.

import { chord } from './keys';
import type { MessageKey } from './messages.svelte';

export interface Shortcut {
  does: MessageKey;
  keys: string[];
}

export const shortcuts: { title: MessageKey; keys: Shortcut[] }[] = [
  {
    title: 'help.keys.box',
    keys: [
      { does: 'help.key.paste', keys: [chord('V')] },
      { does: 'help.key.submit', keys: [chord('↵')] },
      { does: 'help.key.enter', keys: ['↵'] },
      { does: 'help.key.escape', keys: ['Esc'] },
    ],
  },
  {
    title: 'help.keys.list',
    keys: [
      { does: 'help.key.search', keys: [chord('K'), chord('F')] },
      { does: 'help.key.rows', keys: ['↑', '↓'] },
      { does: 'help.key.ends', keys: ['Home', 'End'] },
      { does: 'help.key.select', keys: ['⇧ ↑', '⇧ ↓'] },
      { does: 'help.key.all', keys: [chord('A')] },
      { does: 'help.key.delete', keys: ['Delete'] },
      { does: 'help.key.undo', keys: [chord('Z')] },
    ],
  },
  {
    title: 'help.keys.text',
    keys: [
      { does: 'help.key.copy', keys: [chord('⇧', 'C')] },
      { does: 'help.key.edit', keys: [chord('E'), chord('S')] },
      { does: 'help.key.star', keys: [chord('D')] },
      { does: 'help.key.match', keys: ['F3', '⇧ F3'] },
    ],
  },
  {
    title: 'help.keys.window',
    keys: [
      { does: 'help.key.texts', keys: [chord('1')] },
      { does: 'help.key.studio', keys: [chord('2')] },
      { does: 'help.key.ledger', keys: [chord('3')] },
      { does: 'help.key.settings', keys: [chord(',')] },
      { does: 'help.key.help', keys: ['F1'] },
      { does: 'help.key.size', keys: [chord('+'), chord('−'), chord('0')] },
      { does: 'help.key.order', keys: ['Alt ↑', 'Alt ↓'] },
    ],
  },
];
