// One file of all that the first screen does without, so that it is fetched in one go.

export { default as Trace } from '../components/Trace.svelte';
export { default as BatchSheet } from './batch/BatchSheet.svelte';
export { default as ConfirmSubmit } from './ConfirmSubmit.svelte';
export { default as OfferBar } from './desk/OfferBar.svelte';
export { default as Over } from './desk/Over.svelte';
export { default as DownloadList } from './DownloadList.svelte';
export { default as LedgerDot } from './LedgerDot.svelte';
export { default as AskTrash } from './list/AskTrash.svelte';
export { default as MoreChoices } from './list/MoreChoices.svelte';
export { default as NoHits } from './list/NoHits.svelte';
export { default as SelectionBar } from './list/SelectionBar.svelte';
export { default as PasteFoot } from './PasteFoot.svelte';
export { default as PasteFound } from './PasteFound.svelte';
export { default as PasteOptions } from './PasteOptions.svelte';
export { default as Editor } from './sheet/Editor.svelte';
export { default as Older } from './sheet/Older.svelte';
export { default as Saved } from './sheet/Saved.svelte';
export { default as TagsSide } from './sheet/TagsSide.svelte';
export { default as TidySide } from './sheet/TidySide.svelte';
export { default as Trashed } from './sheet/Trashed.svelte';
export { default as Unfinished } from './sheet/Unfinished.svelte';
export { default as VersionsSide } from './sheet/VersionsSide.svelte';
export { default as VideoInfo } from './sheet/VideoInfo.svelte';
