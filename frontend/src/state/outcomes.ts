/** What became of this device's wishes, as far as its writer would be misled by silence: a mail that left, one that did
 *  not, a mail that somebody else moved first. What did not leave stays marked until a person has decided. */
import { get } from 'svelte/store';
import { actionById, actionsOf } from '../db/ledger';
import { readMeta, writeMeta } from '../db/meta';
import { hasLeft } from '../mail/leaving';
import type { ActionRow } from '../mail/rows';
import { unsentOf } from '../sync/ledger';
import type { News } from '../sync/bell';
import { keepTold, tell } from './act';
import { arrival, here, onEnd, onNews, type Place } from './place';
import { device } from './session';
import { unsent, type Unsent } from './unsent';
import { unsettled } from './wishes';

/** Flags are not told: reading sets one by itself. What did not leave is told by its mark, not as an outcome. */
const TOLD: ReadonlySet<ActionRow['kind']> = new Set(['send', 'move', 'archive', 'trash', 'destroy']);
const pending = new Set<string>();

unsettled.subscribe((wishes) => {
  for (const { id, kind, state } of wishes) if (TOLD.has(kind) && state !== 'refused') pending.add(id);
});

async function settle(place: Place): Promise<void> {
  for (const id of [...pending]) {
    const row = await actionById(place.mirror, id);
    if (here() !== place) return;
    const waits = get(unsettled).some((wish) => wish.id === id);
    if (!waits || (row && isOver(row))) pending.delete(id);
    if (row && isOver(row)) await tellOf(row, place);
  }
}

const isOver = (row: ActionRow): boolean => hasLeft(row) || row.state === 'conflict' || row.state === 'failed';

async function tellOf(row: ActionRow, place: Place): Promise<void> {
  const n = row.targets.length;
  if (row.kind === 'send') {
    if (hasLeft(row)) tell({ code: 'sent' }, row.id);
  } else if (row.state === 'failed') tell({ code: 'failed', n }, row.id);
  else if (row.state === 'conflict')
    tell({ code: 'overtaken', n, folder: row.where, by: await whoWas(row, place) }, row.id);
}

/** The device that was faster, where it was one. */
async function whoWas(row: ActionRow, { mirror }: Place): Promise<string> {
  const lines = await actionsOf(mirror);
  const moved = (one: ActionRow): boolean => one.kind !== 'flag' && one.kind !== 'send' && one.state === 'done';
  const other = lines.find((one) => one.id !== row.id && moved(one) && one.targets.includes(row.targets[0] ?? ''));
  return other && other.device !== row.device ? other.device_name : '';
}

// What did not leave.

/** One look after the other: nothing is told twice. */
let looking: Promise<unknown> = Promise.resolve();

function look(place: Place): void {
  looking = looking
    .then(async () => {
      if (here() !== place) return;
      await settle(place);
      await read(place);
    })
    .catch((error: unknown) => {
      if (here() === place) reportError(error);
    });
}

async function read(place: Place): Promise<void> {
  const own = get(device)?.id;
  const lines = (await unsentOf(place.mirror)).filter((line) => line.local || line.device === own);
  if (here() !== place) return;
  const ids = lines.map((line) => line.id);
  keepTold(new Set(ids));
  unsent.set(lines);
  const { db } = place.mirror;
  const told = (await readMeta(db, 'announced')) ?? [];
  if (ids.join() === told.join()) return;
  await writeMeta(db, 'announced', ids);
  if (here() !== place) return;
  for (const line of lines) if (!told.includes(line.id)) announce(line);
}

const announce = (line: Unsent): void => tell({ code: 'unsent', about: line });

const concerns = (news: News): boolean =>
  news.kind === 'outbox' ||
  news.kind === 'sent' ||
  news.kind === 'everything' ||
  (news.kind === 'mirror' && news.actions);

const begin = (): void => void arrival().then(look);

begin();
device.subscribe(() => {
  const place = here();
  if (place) look(place);
});
onNews((news, place) => {
  if (concerns(news)) look(place);
});
onEnd(() => {
  pending.clear();
  unsent.set([]);
  begin();
});
