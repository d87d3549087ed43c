import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
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
