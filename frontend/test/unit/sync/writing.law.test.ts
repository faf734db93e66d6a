import { newMirror, sameMirror } from '../support/browser';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { allDrafts, draftById, openDraft, reopen, type Writing } from '../../../src/db/compositions';
import { waitingOf } from '../../../src/db/outbox';
import { keepUpload } from '../../../src/db/uploads';
import type { Mirror } from '../../../src/db/vault';
import type { Facts } from '../../../src/mail/compose/facts';
import { ApiError } from '../../../src/net/api';
import { Writer } from '../../../src/state/compose/writer';
import { Bell } from '../../../src/sync/bell';
import { saveLeftBehind, takeBack, type TakenBack } from '../../../src/sync/drafting';
import { Pull } from '../../../src/sync/pull';
import { push } from '../../../src/sync/push';
import { Uploads } from '../../../src/sync/uploads';
import type { Fault } from '../support/ledger';
import { Office } from '../support/office';
import { attached, composition } from '../support/rows';
import { serve } from '../support/server';

/** The law: whatever is lost, killed or said twice, what was stored of a text is in Drafts, was sent, or is still here;
 *  no mail is sent twice, and none that was taken back. */

const HOLD_MS = 3000;
const FILE_BYTES = 700;

type Step =
  | {
      do:
        | 'type'
        | 'store'
        | 'wish'
        | 'close'
        | 'send'
        | 'discard'
        | 'attach'
        | 'other'
        | 'work'
        | 'crash'
        | 'reset'
        | 'left';
    }
  | { do: 'open'; which: number }
  | { do: 'undo' | 'push' | 'upload' | 'feed'; fault: Fault };

const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'lose_request', 'lose_reply', 'trouble', 'trouble_after');
const plain = (...names: Exclude<Step, { which: number } | { fault: Fault }>['do'][]): fc.Arbitrary<Step> =>
  fc.constantFrom(...names).map((name) => ({ do: name }));
const faulty = (...names: ('undo' | 'push' | 'upload' | 'feed')[]): fc.Arbitrary<Step> =>
  fc.tuple(fc.constantFrom(...names), fault).map(([name, how]) => ({ do: name, fault: how }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: faulty('push', 'feed') },
  { weight: 5, arbitrary: plain('type', 'wish') },
  { weight: 4, arbitrary: plain('send', 'attach') },
  { weight: 4, arbitrary: plain('work') },
  { weight: 3, arbitrary: faulty('undo') },
  { weight: 3, arbitrary: plain('crash', 'close') },
  { weight: 1, arbitrary: faulty('upload') },
  { weight: 1, arbitrary: fc.nat(3).map((which): Step => ({ do: 'open', which })) },
  { weight: 2, arbitrary: plain('store', 'left', 'discard', 'other', 'reset') },
);

type Least = { text: string; files: string[] };

class Desk {
  readonly office = new Office();
  /** What was stored of each draft that nobody has thrown away: the least that must be left of it. */
  readonly durable = new Map<string, Least>();
  readonly takenBack = new Set<string>();
  private writer: Writer | null = null;
  private lastSend: { action: string; draft: string } | null = null;
  private made = 0;
  private bell: Bell;
  private pull: Pull;

  private constructor(private mirror: Mirror) {
    this.bell = new Bell(mirror.account);
    this.pull = new Pull(mirror, this.bell);
    serve(this.office.routes());
  }

  static async open(): Promise<Desk> {
    return new Desk(await newMirror());
  }

  async take(one: Step): Promise<void> {
    this.office.now += 1500;
    if ('fault' in one) return this.withFault(one);
    if (one.do === 'open') return this.open(one.which);
    if (one.do === 'work') return this.office.work();
    if (one.do === 'crash') return this.crash();
    if (one.do === 'left') return this.leftBehind();
    if (one.do === 'reset') this.office.epoch = `epoch-${(this.office.seq += 1)}`;
    else if (one.do === 'other') for (const draft of this.office.drafts.keys()) this.office.saveAsOther(draft);
    else await this.write(one.do);
  }

  private async write(what: Exclude<Step, { which: number } | { fault: Fault }>['do']): Promise<void> {
    const writer = (this.writer ??= await this.begin());
    const { text, files } = writer.writing.composition;
    if (what === 'type') return writer.change({ text: `${text} w${(this.made += 1)}` });
    if (what === 'attach') return this.attach(writer, files.length);
    if (what === 'send') return this.send(writer);
    if (what === 'discard') return this.discard(writer);
    if (what === 'store') expect(await writer.store()).toBe(true);
    if (what === 'wish') await writer.wish();
    if (what === 'close') await this.close(writer);
    if (what !== 'wish') this.remember(writer);
  }

  /** From now on this much of it must never be lost. */
  private remember({ draft, version, writing }: Writer): void {
    if (version > 0) this.durable.set(draft, leastOf(writing));
  }

  private async begin(): Promise<Writer> {
    const draft = `d${(this.made += 1)}`;
    const writing = {
      composition: composition(draft, { text: `text of ${draft}` }),
      original: null,
      message: '',
      instead: '',
    };
    const writer = this.writerOf(writing, null);
    await writer.store();
    return writer;
  }

  private writerOf(writing: Writing, facts: Writer['facts'] | null): Writer {
    const nothing = (): void => undefined;
    return new Writer(this.mirror, writing, facts, {
      changed: nothing,
      wished: nothing,
      stored: nothing,
      failed: nothing,
    });
  }

  private async attach(writer: Writer, count: number): Promise<void> {
    if (count > 2) return;
    const id = `f${(this.made += 1)}`;
    await keepUpload(this.mirror, id, writer.draft, new Blob([new Uint8Array(FILE_BYTES)]));
    writer.change({ files: [...writer.writing.composition.files, attached(id, { size: FILE_BYTES })] });
  }

  private async close(writer: Writer): Promise<void> {
    expect(await writer.close()).toBe(true);
    this.writer = null;
  }

  private async send(writer: Writer): Promise<void> {
    this.writer = null;
    const { wish } = await writer.send(HOLD_MS);
    this.lastSend = { action: wish?.id ?? '', draft: writer.draft };
    this.durable.set(writer.draft, leastOf(writer.writing));
  }

  private async discard(writer: Writer): Promise<void> {
    this.writer = null;
    await writer.discard();
    this.durable.delete(writer.draft);
  }

  /** What is stored here of some draft is written on. */
  private async open(which: number): Promise<void> {
    if (this.writer) await this.close(this.writer);
    const open = (await allDrafts(this.mirror)).filter(
      ({ facts }) => !facts.sending && !facts.discarding && !facts.code,
    );
    const kept = open.length > 0 ? await openDraft(this.mirror, open[which % open.length]?.facts.id ?? '') : null;
    if (kept) this.writer = this.writerOf(kept.writing, kept.facts);
  }

  private async withFault(one: Extract<Step, { fault: Fault }>): Promise<void> {
    const { office } = this;
    office.fault = one.fault;
    const works = {
      push: () => this.push(),
      upload: () => this.upload(),
      feed: () => this.pull.catchUp(),
      undo: () => this.undo(),
    };
    try {
      await works[one.do]();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    } finally {
      office.fault = 'none';
    }
  }

  private async push(): Promise<void> {
    await push(this.mirror, () => (this.office.fault = 'none'));
  }

  private async upload(): Promise<void> {
    const told = (): void => void (this.office.fault = 'none');
    const { signal } = new AbortController();
    await new Uploads(this.mirror, { told, turn: () => Promise.resolve(), signal }).run();
  }

  private async undo(): Promise<void> {
    const last = this.lastSend;
    this.lastSend = null;
    const how = last ? await this.takeBack(last.action) : 'late';
    if (!last || how === 'late') return;
    if (how === 'back') this.takenBack.add(last.action);
    if (this.writer) await this.close(this.writer);
    await reopen(this.mirror, last.draft);
    const kept = await draftById(this.mirror, last.draft);
    expect(kept, 'what was taken back is here').not.toBeNull();
    if (kept) this.writer = this.writerOf(kept.writing, kept.facts);
  }

  /** Patience is a timer, and timers stand still here: what fails is told at once. */
  private takeBack(action: string): Promise<TakenBack> {
    return takeBack(this.mirror, this.bell, action);
  }

  private leftBehind(): Promise<void> {
    return saveLeftBehind(this.mirror, this.bell, 1);
  }

  /** All that was in memory is gone, and whatever was being stored. */
  private async crash(): Promise<void> {
    this.writer?.stop();
    this.writer = null;
    this.shut();
    this.mirror = await sameMirror(this.mirror);
    this.bell = new Bell(this.mirror.account);
    this.pull = new Pull(this.mirror, this.bell);
  }

  /** Everything is put away, and the network is good from now on. */
  async settle(): Promise<void> {
    if (this.writer) {
      const { writer } = this;
      await this.close(writer);
      this.remember(writer);
    }
    for (let round = 0; round < 5; round += 1) {
      this.office.now += 2 * 60_000;
      await this.pull.catchUp();
      await this.upload();
      await this.leftBehind();
      await this.push();
      this.office.work();
    }
    await this.pull.catchUp();
  }

  kept = (): Promise<Awaited<ReturnType<typeof allDrafts>>> => allDrafts(this.mirror);
  waiting = (): Promise<Awaited<ReturnType<typeof waitingOf>>> => waitingOf(this.mirror);

  shut(): void {
    this.bell.close();
    this.mirror.db.close();
  }
}

const leastOf = ({ composition: { text, files } }: Writing): Least => ({ text, files: files.map((file) => file.id) });

let desk: Desk | undefined;
// Timers of the writer never fire by themselves: each step says what happens.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  desk?.shut();
  vi.useRealTimers();
});

async function check(at: Desk): Promise<void> {
  await at.settle();
  const { sent, drafts, second } = at.office;
  expect(await at.waiting(), 'nothing waits').toEqual([]);
  expect(new Set(sent.map((mail) => mail.draft)).size, 'no mail is sent twice').toBe(sent.length);
  for (const { action } of sent) expect(at.takenBack.has(action), 'what was taken back is not sent').toBe(false);
  const here = new Map((await at.kept()).map(({ facts, writing }) => [facts.id, { facts, ...leastOf(writing) }]));
  for (const [draft, least] of at.durable) {
    const there = drafts.get(second.get(draft) ?? draft);
    const found = [sent.find((one) => one.draft === draft), there?.ended ? undefined : there, here.get(draft)];
    expect(
      found.some((one) => one && has(one, least)),
      `${draft}: ${JSON.stringify([least, found])}`,
    ).toBe(true);
  }
  for (const { facts } of here.values()) expect(mayStay(facts), `${JSON.stringify(facts)} stays`).toBe(true);
}

/** What is all in Drafts and was left open by a crash; what was thrown away; what was written on after it had left all the same: that goes on as another
 *  mail when somebody opens it. */
const mayStay = ({ version, saved, discarding, code }: Facts): boolean =>
  version === 0 || saved >= version || discarding !== '' || code === 'ended' || code === 'already_sent';

const has = (found: Least, { text, files }: Least): boolean =>
  (found.text === text || found.text.startsWith(`${text} `)) && files.every((id) => found.files.includes(id));

test('no text is lost and no mail is sent twice, whatever happens in between', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }), async (steps) => {
      desk?.shut();
      desk = await Desk.open();
      for (const one of steps) await desk.take(one);
      await check(desk);
    }),
    { numRuns: 100 },
  ),
);
