/** Who else is writing what, on other devices. */
import { derived, readonly, writable, type Readable } from 'svelte/store';
import type { Present } from '../mail/rows';
import { onEnd, onNews } from './place';

const heard = writable<readonly Present[]>([]);
export const present: Readable<readonly Present[]> = readonly(heard);

/** Message id to the devices that are answering it. */
export const replyingTo: Readable<ReadonlyMap<string, string[]>> = derived(heard, (all) => {
  const names = new Map<string, string[]>();
  for (const { replying, device_name } of all) {
    for (const message of replying) names.set(message, named(names.get(message) ?? [], device_name));
  }
  return names;
});

/** Two devices of one name are one name. */
const named = (names: string[], name: string): string[] => (names.includes(name) ? names : [...names, name]);

/** The devices that have a draft open. */
export const holding = (all: readonly Present[], draft: string): string[] =>
  all.filter((one) => one.drafts.includes(draft)).reduce<string[]>((names, one) => named(names, one.device_name), []);

onNews((news) => {
  if (news.kind === 'present') heard.set(news.present);
});
onEnd(() => heard.set([]));
