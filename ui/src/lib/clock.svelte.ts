// One timer for everything on screen that counts seconds. It runs only while something reads it.

import { createSubscriber } from 'svelte/reactivity';

const eachSecond = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

export const clock = {
  /** Wall time in milliseconds. Read inside a component or an effect, it is read anew each second. */
  get now(): number {
    eachSecond();
    return Date.now();
  },
};
