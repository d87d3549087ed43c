import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// What only the door to Rust may import.
const beyond = [
  { group: ['@tauri-apps/*'], message: 'Only src/lib/ipc.ts speaks to Tauri.' },
  { group: ['**/bindings'], allowTypeImports: true, message: 'Only src/lib/ipc.ts calls the generated commands; types are free.' },
];

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: beyond }],
      // Typed by svelte-check already.
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Sets and maps are replaced as a whole (`$state.raw`) or live inside one function.
      'svelte/prefer-svelte-reactivity': 'off',
      // An address is shown as text; links inside the window are no navigation.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['src/components/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...beyond,
            { group: ['**/lib/ipc'], allowTypeImports: true, message: 'A component gets plain props; its view asks Rust.' },
            { group: ['**/lib/session.svelte', '**/views/**'], allowTypeImports: true, message: 'A component gets plain props.' },
          ],
        },
      ],
    },
  },
  { files: ['src/lib/ipc.ts'], rules: { '@typescript-eslint/no-restricted-imports': 'off' } },
  { files: ['src/dev/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
