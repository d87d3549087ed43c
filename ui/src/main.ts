import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/sheet.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { ipc } from './lib/ipc';
import { bringWords, hasWords } from './lib/messages.svelte';
import { Session } from './lib/session.svelte';
import { page, rest } from './views/parts.svelte';

// A browser without Rust behind it, while the window is being worked on. Never part of a build.
if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) await import('./dev/mock');

// The faces that are tried first are the system's own (tokens.css).
if (navigator.platform.startsWith('Linux')) document.documentElement.dataset.system = 'linux';

// Asked for first, so that the window gets onto the screen while the page is being made.
void ipc.pageBegun().catch(() => undefined);

const session = new Session();
if (window.__SHIWEN__) session.begin(window.__SHIWEN__);

/** Milliseconds after which the page goes on without having been drawn: a hidden window draws nothing. */
const UNDRAWN = 1000;

let started = false;

/** What the first screen does without: the page on the sheet first, then all that goes on from here. */
async function start(): Promise<void> {
  if (started) return;
  started = true;
  await page.bring().catch(() => undefined);
  void session.attempt(() => session.start());
  void rest.bring().catch(() => undefined);
}

/** Makes the page while the window is on its way to the screen. */
function make(): void {
  if (target) mount(App, { target, props: { session } });
}

function show(): void {
  if (target) target.hidden = false;
  // Where nothing was handed over there is no first screen to wait for.
  if (session.app === null) void start();
  // The second frame is the first that the user can have seen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      void ipc.pageShown().catch(() => undefined);
      void start();
    }),
  );
  setTimeout(() => void start(), UNDRAWN);
}

const target = document.getElementById('app');
const words = hasWords() ? Promise.resolve() : bringWords().catch(() => undefined);
// An engine lays out what it has loaded, also in a window that is not on the screen yet and has no size. So what is made
// stays hidden (index.html) until that is over.
const loaded = document.readyState === 'complete' || new Promise((done) => addEventListener('load', () => setTimeout(done), { once: true }));
void Promise.all([loaded, words.then(make)]).finally(show);
