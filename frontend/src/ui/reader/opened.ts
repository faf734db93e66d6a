/** The open message as the screen's parts hand it on. */
import type { Readable } from 'svelte/store';
import type { opened } from '../../state/reader';

type Value<S> = S extends Readable<infer T> ? T : never;

export type Opened = NonNullable<Value<typeof opened>>;
export type OpenedBody = NonNullable<Opened['body']>;
