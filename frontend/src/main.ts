import { mount } from 'svelte';
import { start } from './state/session';
import App from './ui/App.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target });

await start();
await (await import('./state/update')).registerWorker();
