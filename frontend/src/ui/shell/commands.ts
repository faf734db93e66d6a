/** What a key does. Which key means which command is `keyboard.ts`; what a command does to messages is `acts.ts`. */
import { get } from 'svelte/store';
import { undoLast } from '../../state/act';
import { current, folders, openFolder } from '../../state/folders';
import { closeMessage, opened, openMessage, step } from '../../state/reader';
import { go, route } from '../../state/route';
import { clear, selectAll, selected, toggle } from '../../state/selection';
import { perform, targets, toggleFlag, toggleRead } from '../acts';
import { showKeys } from '../dialogs/asked';
import { commandFor, isControl, ownsKeys, type Command } from '../keyboard';
import { layout } from '../layout';
import { focusedId, focusRow, moveFocus } from '../list/focus';
import { answer, closeWriting, compose, openRow } from '../writing';

/** "g i" counts as one key when the second follows soon. */
const SEQUENCE_MS = 1200;

/** Everywhere; the other commands need the mail on the screen. */
const GLOBAL: ReadonlySet<Command> = new Set<Command>(['compose', 'inbox', 'undo', 'help', 'escape']);
/** While a mail is written, a key that missed its field must not lead away from it. */
const WRITING: ReadonlySet<Command> = new Set<Command>(['help', 'escape']);

function walk(by: 1 | -1): void {
  const reading = get(opened) !== null;
  if (reading && get(layout) === 'phone') return step(by);
  const next = moveFocus(by);
  if (reading && next) openMessage(next, 'keys');
}

function openFocused(): void {
  const id = get(focusedId);
  if (id) openRow(id);
}

/** What is answered is one message. */
function answerOne(kind: Parameters<typeof answer>[1]): void {
  const [id, ...others] = targets();
  if (id && others.length === 0) answer(id, kind);
}

export function toInbox(): void {
  const inbox = get(folders).find((folder) => folder.role === 'inbox');
  if (inbox) openFolder(inbox.id);
}

/** One step back: the selection, then the message, then the side view. */
export function escape(): void {
  if (get(selected).size > 0) return clear();
  if (get(route).view === 'compose') return closeWriting();
  if (get(route).view !== 'mail') return go({ view: 'mail', folder: get(current)?.id ?? null, message: null });
  if (get(opened)) leaveMessage();
}

export function leaveMessage(): void {
  const id = get(opened)?.row.id;
  closeMessage();
  if (id) focusRow(id);
}

const RUN: Record<Command, () => void> = {
  next: () => walk(1),
  previous: () => walk(-1),
  open: openFocused,
  archive: () => perform('archive'),
  delete: () => perform('trash'),
  read: () => toggleRead(targets()),
  unread: () => perform('unread'),
  flag: () => toggleFlag(targets()),
  move: () => perform('move'),
  select: () => (get(focusedId) ? toggle(get(focusedId)) : undefined),
  select_all: selectAll,
  compose,
  reply: () => answerOne('reply'),
  reply_all: () => answerOne('reply_all'),
  forward: () => answerOne('forward'),
  inbox: toInbox,
  undo: () => void undoLast(),
  help: showKeys,
  escape,
};

/** Arrows scroll what is being read; Enter and arrows work a focused control, except that rows pass arrows on. */
function belongsElsewhere(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (ownsKeys(target)) return true;
  const arrow = key === 'ArrowDown' || key === 'ArrowUp';
  if (!arrow && key !== 'Enter') return false;
  if (!(target instanceof Element)) return arrow;
  const row = target.closest('[data-id]') !== null;
  if (arrow && target.closest('[data-scrolls]')) return true;
  return isControl(target) && !(arrow && row);
}

function allowed(command: Command): boolean {
  const { view } = get(route);
  return view === 'mail' || (view === 'compose' ? WRITING : GLOBAL).has(command);
}

export function keyHandler(): (event: KeyboardEvent) => void {
  let before = { key: '', at: 0 };
  return (event) => {
    if (event.defaultPrevented || event.isComposing || belongsElsewhere(event)) return;
    const { key, ctrlKey: ctrl, metaKey: meta, altKey: alt } = event;
    const recent = event.timeStamp - before.at < SEQUENCE_MS ? before.key : '';
    const command = commandFor({ key, ctrl, meta, alt }, recent);
    before = { key, at: event.timeStamp };
    if (!command || !allowed(command)) return;
    event.preventDefault();
    RUN[command]();
  };
}
