import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const messages = (language: string): Record<string, string> => JSON.parse(readFileSync(new URL(`messages/${language}.json`, import.meta.url), 'utf8'));

/** Leaves only those words in the first file that its code can say: the window is read byte by byte before it is drawn. */
function firstWords(): Plugin {
  const place = '__FIRST_WORDS__';
  return {
    name: 'first-words',
    apply: 'build',
    load: (id) => (id.endsWith('/lib/first-words.ts') ? `export const firstWords = JSON.parse("${place}");` : null),
    renderChunk(code, chunk) {
      if (!code.includes(place)) return null;
      if (!chunk.isEntry || chunk.imports.length > 0) this.error('the first screen is to be one file, whose code names all that it says');
      const named = new Set([...code.matchAll(/(["'`])([a-z_]+\.[a-z0-9_.]+)\1/g)].map((match) => match[2]));
      const said = (language: string): Record<string, string> => Object.fromEntries(Object.entries(messages(language)).filter(([key]) => named.has(key.replace(/\.one$/, ''))));
      // Who reads English waits for all of it, which is one file more.
      const words = JSON.stringify({ 'zh-CN': said('zh-CN'), en: {} });
      return code.replace(`"${place}"`, () => JSON.stringify(words));
    },
  };
}

/** Writes what is not ASCII as escapes: an engine keeps a script in two bytes for each letter as soon as one needs them. */
function ascii(): Plugin {
  const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return {
    name: 'ascii',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
    },
  };
}

export default defineConfig({
  plugins: [svelte(), firstWords(), ascii()],
  clearScreen: false,
  // Tauri opens this very port; another one would show an empty window. A test looks for messages in the Rust sources.
  server: { port: 1420, strictPort: true, fs: process.env.VITEST ? { allow: ['..'] } : {} },
  // The oldest engine that Tauri meets is the WebKitGTK of Debian 12.
  // The messages are read much faster as a text of JSON than as a script.
  json: { stringify: true, namedExports: false },
  build: { target: ['es2022', 'safari16.4'], modulePreload: { polyfill: false } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
  },
  // Svelte's browser build, also under the test runner.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
});
