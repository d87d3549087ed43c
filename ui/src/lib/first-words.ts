// The words that the first screen can say: a build leaves out those that no code of its first file names, and all of the
// English ones (vite.config.ts). A test and the browser have all of them at once.

import en from '../../messages/en.json';
import zh from '../../messages/zh-CN.json';

export const firstWords = { 'zh-CN': zh, en };
