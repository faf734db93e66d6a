/** Everything a hand can do that is not on the first picture, in one piece: see later.ts. */
export { default as Hands } from './Hands.svelte';
export { default as ReaderHead } from './ReaderHead.svelte';
export { default as Splitter } from './Splitter.svelte';
export { default as NewSecret } from '../NewSecret.svelte';
export { default as StatusWhy } from '../StatusWhy.svelte';
export { default as SelectionBar } from '../list/SelectionBar.svelte';
export { default as SwipeBehind } from '../list/SwipeBehind.svelte';
export { clickRow, swiped } from '../list/on';
export { moveTo } from '../acts';
