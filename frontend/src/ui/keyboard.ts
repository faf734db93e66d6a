/** Keys to commands. Pure: what a command does is the screen's business. */

export type Command =
  | 'next'
  | 'previous'
  | 'open'
  | 'archive'
  | 'delete'
  | 'read'
  | 'unread'
  | 'flag'
  | 'move'
  | 'select'
  | 'select_all'
  | 'compose'
  | 'reply'
  | 'reply_all'
  | 'forward'
  | 'inbox'
  | 'undo'
  | 'help'
  | 'escape';

type Pressed = { key: string; ctrl: boolean; meta: boolean; alt: boolean };

const SINGLE: Record<string, Command> = {
  j: 'next',
  ArrowDown: 'next',
  k: 'previous',
  ArrowUp: 'previous',
  Enter: 'open',
  e: 'archive',
  '#': 'delete',
  Delete: 'delete',
  u: 'read',
  U: 'unread',
  s: 'flag',
  v: 'move',
  x: 'select',
  c: 'compose',
  r: 'reply',
  a: 'reply_all',
  f: 'forward',
  z: 'undo',
  '?': 'help',
  Escape: 'escape',
};

const WITH_CTRL: Record<string, Command> = { a: 'select_all', z: 'undo' };

/** `before` is the key pressed just before, for "g i". Null: not ours. */
export function commandFor(pressed: Pressed, before: string): Command | null {
  const { key, ctrl, meta, alt } = pressed;
  // Swiss keyboards type # with AltGr, which comes as Ctrl and Alt.
  if ((ctrl || meta || alt) && key !== '#') return alt ? null : (WITH_CTRL[key.toLowerCase()] ?? null);
  if (before === 'g') return key === 'i' ? 'inbox' : null;
  return SINGLE[key] ?? null;
}

/** True where a key belongs to what has the focus: a field, a menu, a dialog. */
export function ownsKeys(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(
      'input:not([type=checkbox]), textarea, select, dialog, [role=menu], [role=separator], [contenteditable]',
    ) !== null
  );
}

/** Enter and arrows belong to a focused button or link; letters do not. */
export function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, input, summary') !== null;
}

/** Shown by the help dialog; the first entry of each pair is a list of alternatives. */
export const keyHelp: readonly { keys: readonly string[]; then?: string; command: Command | 'send' }[] = [
  { keys: ['j', '↓'], command: 'next' },
  { keys: ['k', '↑'], command: 'previous' },
  { keys: ['Enter'], command: 'open' },
  { keys: ['c'], command: 'compose' },
  { keys: ['r'], command: 'reply' },
  { keys: ['a'], command: 'reply_all' },
  { keys: ['f'], command: 'forward' },
  { keys: ['Ctrl+Enter'], command: 'send' },
  { keys: ['e'], command: 'archive' },
  { keys: ['#', 'Delete'], command: 'delete' },
  { keys: ['u'], command: 'read' },
  { keys: ['U'], command: 'unread' },
  { keys: ['s'], command: 'flag' },
  { keys: ['v'], command: 'move' },
  { keys: ['x'], command: 'select' },
  { keys: ['Ctrl+A'], command: 'select_all' },
  { keys: ['g'], then: 'i', command: 'inbox' },
  { keys: ['z'], command: 'undo' },
  { keys: ['?'], command: 'help' },
  { keys: ['Esc'], command: 'escape' },
];
