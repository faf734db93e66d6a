import { newMirror, sameMirror } from '../support/browser';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { enqueue, waitingOf, withdraw, type Waiting } from '../../../src/db/outbox';
import type { Mirror } from '../../../src/db/vault';
import type { Intent } from '../../../src/mail/rows';
import { Bell } from '../../../src/sync/bell';
import { Pull } from '../../../src/sync/pull';
import { push } from '../../../src/sync/push';
import { ApiError } from '../../../src/net/api';
import { Ledger, type Fault } from '../support/ledger';
import { noNetwork, serve } from '../support/server';

/** The law: every wish takes effect exactly once or is reported; what was taken back never does; the order holds. */

type Kind = 'good' | 'unreadable' | 'no_folder';
type Step =
  | { do: 'wish'; wishes: { kind: Kind; targets: string[] }[] }
  | { do: 'push'; fault: Fault; meanwhile: 'nothing' | 'wish' | 'undo' | 'feed' | 'kill' }
  | { do: 'undo' }
  | { do: 'work' }
  | { do: 'feed'; fault: Fault }
  | { do: 'restart' }
  | { do: 'reset' };

const targets = fc.uniqueArray(fc.constantFrom('m1', 'm2', 'm3'), { minLength: 1 });
const kind = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Kind>('good') },
  fc.constant<Kind>('unreadable'),
  fc.constant<Kind>('no_folder'),
);
const fault = fc.constantFrom<Fault>('none', 'none', 'lose_request', 'lose_reply', 'trouble', 'trouble_after');
const meanwhile = fc.constantFrom('nothing' as const, 'nothing' as const, 'wish', 'undo', 'feed', 'kill');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wish' as const),
      wishes: fc.array(fc.record({ kind, targets }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), fault, meanwhile }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('feed' as const), fault }) },
  fc.constantFrom<Step>({ do: 'work' }, { do: 'undo' }, { do: 'restart' }, { do: 'reset' }),
);

class Desk {
  readonly ledger = new Ledger();
  readonly made: Waiting[] = [];
  readonly takenBack = new Set<string>();
  private feedFault: Fault = 'none';
  private pull: Pull;
  private bell: Bell;

  private constructor(private mirror: Mirror) {
    this.bell = new Bell(mirror.account);
    this.pull = new Pull(mirror, this.bell);
    serve({
      actions: ({ body }) => this.ledger.post((body as { actions: Intent[] }).actions),
      changes: ({ body }) => this.feedOr(() => this.ledger.changes(body as { epoch: string; since: number })),
      snapshot: () => this.feedOr(() => this.ledger.snapshot()),
    });
  }

  static async open(): Promise<Desk> {
    return new Desk(await newMirror());
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'wish') await this.wish(one.wishes);
    else if (one.do === 'push') await this.push(one.fault, one.meanwhile);
    else if (one.do === 'feed') await this.feed(one.fault);
    else if (one.do === 'undo') await this.undo();
    else if (one.do === 'work') this.ledger.work();
    else if (one.do === 'restart') await this.restart();
    else this.ledger.epoch = `epoch-${(this.ledger.seq += 1)}`;
  }

  async wish(wishes: { kind: Kind; targets: string[] }[]): Promise<void> {
    const made = wishes.map((one) => ({ kind: 'flag' as const, targets: one.targets, args: { [one.kind]: true } }));
    this.made.push(...(await enqueue(this.mirror, made, 1)));
  }

  /** Take back what was done last. */
  private async undo(): Promise<void> {
    const last = this.made.at(-1);
    if (last && (await withdraw(this.mirror, last.id))) this.takenBack.add(last.id);
  }

  async push(fault: Fault, meanwhile: 'nothing' | 'wish' | 'undo' | 'feed' | 'kill' = 'nothing'): Promise<void> {
    const { ledger } = this;
    const faults = {
      nothing: () => Promise.resolve(),
      wish: () => this.wish([{ kind: 'good', targets: ['m1'] }]),
      undo: () => this.undo(),
      feed: () => this.feed('none'),
      kill: () => Promise.resolve(this.mirror.db.close()),
    };
    ledger.fault = fault;
    ledger.meanwhile = () => {
      ledger.meanwhile = () => Promise.resolve();
      return faults[meanwhile]();
    };
    try {
      await push(this.mirror, () => (ledger.fault = 'none'));
    } catch (error) {
      if (!(error instanceof ApiError) && meanwhile !== 'kill') throw error;
    } finally {
      ledger.fault = 'none';
      ledger.meanwhile = () => Promise.resolve();
    }
    if (meanwhile === 'kill') await this.restart();
  }

  async feed(fault: Fault): Promise<void> {
    this.feedFault = fault;
    await this.pull.catchUp().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
    this.feedFault = 'none';
  }

  private feedOr(answer: () => unknown): unknown {
    return this.feedFault === 'none' ? answer() : noNetwork();
  }

  private async restart(): Promise<void> {
    this.close();
    this.mirror = await sameMirror(this.mirror);
    this.bell = new Bell(this.mirror.account);
    this.pull = new Pull(this.mirror, this.bell);
  }

  /** The network is good from now on. → what is left in the outbox. */
  async settle(): Promise<Waiting[]> {
    for (let round = 0; round < 3; round += 1) {
      await this.feed('none');
      await this.push('none');
      this.ledger.work();
    }
    await this.feed('none');
    return waitingOf(this.mirror);
  }

  close(): void {
    this.bell.close();
    this.mirror.db.close();
  }
}

let desk: Desk | undefined;
afterEach(() => desk?.close());

async function check(at: Desk): Promise<void> {
  const left = await at.settle();
  const { effects } = at.ledger;
  const good = at.made.filter((wish) => wish.args.good && !at.takenBack.has(wish.id));
  const bad = at.made.filter((wish) => !wish.args.good && !at.takenBack.has(wish.id));
  expect([...effects].sort(), 'each good wish took effect once').toEqual(good.map((wish) => wish.id).sort());
  expect(left.map((wish) => [wish.id, wish.state])).toEqual(bad.map((wish) => [wish.id, 'refused']));
  expect(left.every((wish) => wish.code !== '')).toBe(true);
  const number = new Map(at.made.map((wish) => [wish.id, wish.n]));
  for (const message of ['m1', 'm2', 'm3']) {
    const order = effects.filter((id) => at.ledger.rows.get(id)?.targets.includes(message)).map((id) => number.get(id));
    expect(order, `the order of ${message}`).toEqual([...order].sort((a, b) => (a ?? 0) - (b ?? 0)));
  }
}

test('whatever is lost, every wish takes effect exactly once and in order, or is reported', { timeout: 30_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20, size: 'max' }), async (steps) => {
      desk?.close();
      desk = await Desk.open();
      for (const one of steps) await desk.take(one);
      await check(desk);
    }),
    { numRuns: 30 },
  ),
);

test('a wish whose reply was lost cannot be taken back as if it had never left', async () => {
  desk = await Desk.open();
  await desk.wish([{ kind: 'good', targets: ['m1'] }]);
  await desk.push('lose_reply');
  await desk.take({ do: 'undo' });
  expect(desk.takenBack.size).toBe(0);
  await check(desk);
});

test('a result that the feed no longer tells is learnt from the answer to the repeat', async () => {
  desk = await Desk.open();
  await desk.feed('none');
  await desk.wish([{ kind: 'good', targets: ['m1'] }]);
  await desk.push('none');
  for (const one of ['work', 'reset'] as const) await desk.take({ do: one });
  await check(desk);
});
