/** The verbs of writing: what a key, a button or the menu begins. What is behind them loads with the first of them. */
import { get } from 'svelte/store';
import { current } from '../state/folders';
import { openMessage } from '../state/reader';
import type { Composition } from '../mail/rows';

type Answering = 'reply' | 'reply_all' | 'forward';

const store = (): Promise<typeof import('../state/compose')> => import('../state/compose');

export const compose = (): void => void store().then((writing) => writing.composeNew());
export const answer = (message: string, kind: Answering, asFile = false): void =>
  void store().then((writing) => writing.composeReply(message, kind, asFile));
export const editAsNew = (message: string): void => void store().then((writing) => writing.composeAgain(message));
export const edit = (message: string): void => void store().then((writing) => writing.editDraft(message));
export const writeTo = (mailto: string): void => void store().then((writing) => writing.openMailto(mailto));
/** A mail that was on its way and did not leave. → whether it is on the screen. */
export const editUnsent = (action: string): Promise<boolean> => store().then((writing) => writing.editAction(action));
export const textOf = (action: string): Promise<Composition | null> =>
  store().then((writing) => writing.compositionOf(action));
export const closeWriting = (): void => void store().then((writing) => writing.closeComposer());

export const inDrafts = (): boolean => get(current)?.role === 'drafts';

/** A tap on a row: a draft is gone on with, as in other mail programs; anything else is read. */
export function openRow(id: string): void {
  if (inDrafts()) edit(id);
  else openMessage(id, 'tap');
}
