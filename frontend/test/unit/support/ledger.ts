/** The server's side of the outbox: takes each id once, answers repeats with what became of it, carries out in order. */
import type { ActionRow, Delta, Intent } from '../../../src/mail/rows';
import { action, delta } from './rows';
import { failure, noNetwork } from './server';

export type Fault = 'none' | 'lose_request' | 'lose_reply' | 'trouble' | 'trouble_after';

export class Ledger {
  epoch = 'epoch-1';
  seq = 1;
  fault: Fault = 'none';
  /** Runs when a request is here and not answered yet. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();
  readonly rows = new Map<string, ActionRow>();
  /** Ids in the order in which they took effect. */
  readonly effects: string[] = [];

  /** POST actions. A batch with a wish it cannot even read is refused whole, one with a bad folder only in part. */
  async post(intents: Intent[]): Promise<unknown> {
    const { fault } = this;
    await this.meanwhile();
    if (fault === 'lose_request') return noNetwork();
    if (fault === 'trouble') return failure(503, 'http_503');
    if (intents.some((one) => one.args.unreadable)) return failure(422, 'bad_input');
    const good = intents.filter((one) => !one.args.no_folder);
    for (const one of good) {
      if (this.rows.has(one.id)) continue;
      const { id, kind, targets, args } = one;
      this.rows.set(id, action(id, { kind, targets, args, state: 'waiting', seq: (this.seq += 1) }));
    }
    if (fault === 'lose_reply') return noNetwork();
    if (fault === 'trouble_after') return failure(500, 'http_500');
    const bad = intents.filter((one) => one.args.no_folder);
    return {
      accepted: good.map((one) => this.rows.get(one.id)),
      refused: bad.map((one) => ({ id: one.id, code: 'no_folder' })),
    };
  }

  /** The worker carries out what waits, in order of arrival. */
  work(): void {
    for (const row of this.rows.values()) {
      if (row.state !== 'waiting') continue;
      this.effects.push(row.id);
      this.rows.set(row.id, { ...row, state: 'done', seq: (this.seq += 1) });
    }
  }

  /** POST changes. */
  changes({ epoch, since }: { epoch: string; since: number }): Delta | { reset: true } {
    if (epoch !== this.epoch) return { reset: true };
    const actions = [...this.rows.values()].filter((row) => row.seq > since);
    return { ...delta(since, this.seq, { actions }), epoch };
  }

  /** GET snapshot: of the ledger only what is not finished. */
  snapshot(): Delta {
    const actions = [...this.rows.values()].filter((row) => row.state === 'waiting');
    return { ...delta(0, this.seq, { actions }), epoch: this.epoch };
  }
}
