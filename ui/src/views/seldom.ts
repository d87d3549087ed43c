// What few days need, so that the others do without it in memory.

export { default as SalvageBanner } from './SalvageBanner.svelte';
export { default as AnalysisBody } from './sheet/AnalysisBody.svelte';
export { default as Compare } from './sheet/Compare.svelte';
export { default as TidyPreview } from './sheet/TidyPreview.svelte';
export { default as StartProblemView } from './StartProblemView.svelte';
export { default as TrashView } from './TrashView.svelte';
export { default as WelcomeView } from './WelcomeView.svelte';
