/** One websocket to /live/. Tells what comes; decides nothing. A socket that falls silent counts as dead: after a
 *  phone's sleep it looks open and is not. */
import type { ServerFrame, Window } from '../mail/rows';
import { spokenFor } from './api';

const OPEN_MS = 10_000;
/** The server says its seq every 25 s. */
const SILENCE_MS = 60_000;

export type Hello = { epoch: string; seq: number; windows: readonly Window[] };

export type LiveSocket = {
  close(): void;
  sendWindows(windows: readonly Window[]): void;
  sendLooking(folder: string): void;
  sendPresence(words: { replying: string[]; drafts: string[]; taken: string[] }): void;
};

export type Listener = {
  frame(frame: ServerFrame): void;
  /** Called once, whatever ended it. */
  closed(): void;
};

export function openSocket(hello: Hello, listener: Listener): LiveSocket {
  const url = new URL('/live/', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    socket.close();
    listener.closed();
  };
  let timer = setTimeout(end, OPEN_MS);
  socket.onopen = () => {
    socket.send(JSON.stringify({ type: 'hello', v: 1, account: spokenFor(), ...hello }));
  };
  socket.onmessage = (event: MessageEvent<string>) => {
    if (over) return;
    clearTimeout(timer);
    timer = setTimeout(end, SILENCE_MS);
    const frame = read(event.data);
    if (frame) listener.frame(frame);
    else end();
  };
  socket.onclose = socket.onerror = end;
  const say = (frame: object): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  return {
    close: end,
    sendWindows: (windows) => say({ type: 'windows', windows }),
    sendLooking: (folder) => say({ type: 'looking', folder }),
    sendPresence: (words) => say({ type: 'presence', ...words }),
  };
}

function read(text: string): ServerFrame | null {
  try {
    return JSON.parse(text) as ServerFrame;
  } catch {
    return null;
  }
}
