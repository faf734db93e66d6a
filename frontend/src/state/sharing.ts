/** What another app shared: a mail with it comes on the screen as soon as there is a mailbox. Kept until it is in one. */
import { mailOf } from '../mail/compose/shared';
import { forgetShare, nextShare, sharesWait, type Share } from '../sync/sharing';
import { tell } from './act';
import { arrival, here, type Place } from './place';

export { sharesWait };

/** One after the other: each is a draft of its own. */
export async function openShares(): Promise<void> {
  if (!(await sharesWait())) return;
  const place = await arrival();
  await navigator.locks.request('praxispost-shares', { ifAvailable: true }, async (lock) => {
    while (lock && here() === place) {
      const { share, lost } = await nextShare(place.mirror.account);
      if (lost > 0) shareLost();
      if (!share || !(await openShare(share, place))) return;
      await forgetShare(share.id);
    }
  });
}

/** → false: it is not on this device's disk yet; the next start tries again. */
async function openShare(share: Share, place: Place): Promise<boolean> {
  const { composeNew, attach } = await import('./compose');
  if (here() !== place) return false;
  // Never into another mail: one that a full device could not put away is still open.
  const session = await composeNew(mailOf(share));
  if (!session) return false;
  if (await attach(share.files, session)) tell({ code: 'share_too_large' });
  await session.files.settled();
  return !session.files.lost && (await session.writer.store());
}

export const shareLost = (): void => tell({ code: 'share_lost' });
