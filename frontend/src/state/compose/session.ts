/** One mail that is open for writing in this tab: its text, its files, who else is at it, and what becomes of it.
 *
 *  A draft is written in one tab of this browser at a time: the one that holds its lock. Another one that has it open
 *  shows what is stored, and takes the lock over with its first letter; the former stores what is typed, lets go, and
 *  follows in its turn.
 *
 *  Of several devices one holds a draft, see mail/compose/hold.ts. The others follow what is saved, and save nothing: so
 *  a draft moves from desk to desk without becoming two. */
import { actionsOf } from '../../db/ledger';
import { draftById, type Writing } from '../../db/compositions';
import { rowsById } from '../../db/messages';
import { readMeta } from '../../db/meta';
import type { Facts } from '../../mail/compose/facts';
import { turnOf, type Turn } from '../../mail/compose/turn';
import type { ComposedFile, Composition, MessageRow } from '../../mail/rows';
import { AGAIN_MS } from '../../sync/presence';
import type { News } from '../../sync/bell';
import { draftLock, messageOf } from '../../sync/drafting';
import { hold } from '../../sync/leader';
import { fetchBody, heldBody } from '../../sync/reading';
import type { Place } from '../place';
import { Desk } from './desk';
import { Files } from './files';
import { newId } from './ids';
import { draftIn } from './source';
import { Writer } from './writer';

/** Of this page, as long as it lives. */
const TAB = newId();
const PATIENCE_MS = 400;
const YIELD_MS = 1500;

type Told = {
  changed: () => void;
  /** The text goes on under another id. */
  renamed: () => void;
  /** Another tab has sent it, or thrown it away. */
  ended: () => void;
  failed: (error: unknown) => void;
};

export class Session {
  readonly writer: Writer;
  readonly files: Files;
  /** How the newest wish to save it stands. */
  wish: 'waiting' | 'sent' | 'refused' | null = null;
  changedElsewhere = false;
  /** What was typed a moment ago comes into the writer's hands. */
  flush: () => void = () => undefined;
  private readonly wishes = new Set<string>();
  private since = 0;
  private seen: MessageRow | null = null;
  private letGo: () => void = () => undefined;
  private taking: Promise<void> | null = null;
  private typed: Partial<Composition> = {};
  private over = false;
  /** A person wants to write it in this tab. */
  private claimed = false;
  private isEnding = false;
  private looking: Promise<void> = Promise.resolve();
  private readonly desk: Desk;
  private readonly told: Told;
  private readonly saying: ReturnType<typeof setInterval>;

  constructor(
    readonly place: Place,
    writing: Writing,
    facts: Facts | null,
    /** Of this device. */
    readonly name: string,
    told: Told,
  ) {
    const { mirror, bell } = place;
    this.told = {
      ...told,
      changed: () => {
        told.changed();
        this.desk.look();
      },
    };
    const ring = (): void => bell.ring({ kind: 'compositions', draft: this.draft, by: TAB });
    this.writer = new Writer(mirror, writing, facts, {
      changed: this.told.changed,
      stored: ring,
      wished: () => {
        if (this.writer.facts.wish) this.wishes.add(this.writer.facts.wish);
        bell.ring({ kind: 'outbox' });
      },
      failed: told.failed,
    });
    this.files = new Files(mirror, {
      draft: () => this.draft,
      stored: (file) => this.attached(file),
      changed: this.told.changed,
    });
    this.desk = new Desk(this.writer, { changed: told.changed, say: () => this.say(), flush: () => this.flush() });
    this.saying = setInterval(() => this.say(), AGAIN_MS);
  }

  get draft(): string {
    return this.writer.draft;
  }

  get mirror(): Place['mirror'] {
    return this.place.mirror;
  }

  /** Somebody else writes it: here it is only read. */
  get locked(): boolean {
    return this.desk.locked || (!this.writer.mine && !this.claimed);
  }

  /** Find out where it stands; a fresh one is shown before. */
  async begin(): Promise<void> {
    this.writer.mine = await this.take({ signal: AbortSignal.timeout(PATIENCE_MS) });
    this.since = (await readMeta(this.mirror.db, 'cursor'))?.seq ?? 0;
    this.seen = await this.messageNow();
    await Promise.all([this.files.refresh(), this.refresh()]);
    // Left behind by a draft that has ended meanwhile.
    const turn = this.writer.mine ? turnOf(this.writer.facts, [], this.wishes, this.since) : null;
    if (turn) await this.goOn(turn);
    this.say();
  }

  /** Under the hand at once, whatever has to be waited for. */
  change(patch: Partial<Composition>): void {
    this.desk.touch();
    this.writer.change(patch);
    if (this.writer.mine) return;
    this.typed = { ...this.typed, ...patch };
    void this.tookOver();
  }

  /** A person wants to write it here. → when whoever held it has let go, or does not answer. */
  async takeItOver(): Promise<void> {
    this.claimed = true;
    await this.desk.takeOver(() => this.looking);
    this.told.changed();
  }

  /** Everything typed and chosen is in the writer's hands. */
  async settled(): Promise<void> {
    this.flush();
    await this.files.settled();
    await this.taking;
  }

  /** What ends it, once however often it is asked for, and with what another tab has typed last. → null: it has ended, or
   *  is just ending. */
  async ending<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.isEnding || this.isOver()) return null;
    this.isEnding = true;
    try {
      this.flush();
      await this.files.settled();
      await (this.writer.mine ? this.taking : this.tookOver());
      return this.isOver() ? null : await work();
    } finally {
      this.isEnding = false;
    }
  }

  hear(news: News): void {
    if (this.over) return;
    const answer = news.kind === 'present' ? this.desk.hear() : this.answer(news);
    answer?.catch(this.told.failed);
  }

  /** It is no longer open here. */
  end(): void {
    this.over = true;
    this.desk.end();
    clearInterval(this.saying);
    this.writer.stop();
    this.place.bell.ring({ kind: 'writing', tab: TAB, replying: [], drafts: [], taken: [] });
    this.letGo();
  }

  private isOver(): boolean {
    return this.over;
  }

  private answer(news: News): Promise<unknown> | null {
    switch (news.kind) {
      case 'outbox':
      case 'sent':
      case 'everything':
        return this.refresh();
      case 'mirror':
        return news.messages.includes(this.writer.writing.message) ? this.look() : null;
      case 'compositions':
      case 'uploads':
      case 'yield':
        return news.draft === this.draft ? this.answerOwn(news) : null;
      default:
        return null;
    }
  }

  /** What is about this draft. */
  private answerOwn(news: Extract<News, { draft: string }>): Promise<unknown> | null {
    if (news.kind === 'uploads') return Promise.all([this.files.refresh(), this.writer.refresh()]);
    if (news.kind === 'yield') return news.tab !== TAB && this.writer.mine ? this.yieldIt() : null;
    if (news.by === TAB) return null;
    return news.by === '' ? this.became() : this.followStored();
  }

  private attached(file: ComposedFile): void {
    this.change({ files: [...this.writer.writing.composition.files, file] });
    this.place.bell.ring({ kind: 'files' });
  }

  private say(): void {
    if (this.over || !this.writer.mine) return;
    const { kind, original } = this.writer.writing.composition;
    const { drafts, taken } = this.desk.words;
    const answers = drafts.length > 0 && (kind === 'reply' || kind === 'reply_all');
    const replying = answers && original ? [original] : [];
    this.place.bell.ring({ kind: 'writing', tab: TAB, replying, drafts, taken });
  }

  private async refresh(): Promise<void> {
    await this.writer.refresh();
    const { wish } = this.writer.facts;
    this.wish = wish ? ((await this.mirror.db.outbox.get(wish))?.state ?? null) : null;
    this.told.changed();
  }

  private isEndedByOther(): boolean {
    const { facts, mine } = this.writer;
    return !mine && !this.taking && (facts.sending !== '' || facts.discarding !== '');
  }

  // Another tab of this browser.

  private async take(how: LockOptions): Promise<boolean> {
    const letGo = await hold(draftLock(this.mirror, this.draft), how, () => {
      this.writer.mine = false;
      this.told.changed();
    });
    if (letGo && this.over) letGo();
    if (letGo) this.letGo = letGo;
    return letGo !== null;
  }

  private tookOver(): Promise<void> {
    this.taking ??= this.takeOver()
      .catch(this.told.failed)
      .finally(() => (this.taking = null));
    return this.taking;
  }

  private async takeOver(): Promise<void> {
    this.place.bell.ring({ kind: 'yield', draft: this.draft, tab: TAB });
    // A tab that sleeps has stored what was typed when it was hidden.
    const took = await this.take({ signal: AbortSignal.timeout(YIELD_MS) });
    if (!took) await this.take({ steal: true });
    const kept = await draftById(this.mirror, this.draft);
    const { typed } = this;
    this.typed = {};
    // Sent or thrown away there, with nothing typed here since: then that is what became of it.
    const isOver = kept !== null && (kept.facts.sending !== '' || kept.facts.discarding !== '');
    if (isOver && Object.keys(typed).length === 0) return this.told.ended();
    this.writer.mine = true;
    if (kept) this.writer.follow(kept, typed);
    this.say();
  }

  private async yieldIt(): Promise<void> {
    this.flush();
    this.claimed = false;
    await this.writer.store();
    this.writer.stop();
    this.writer.mine = false;
    this.letGo();
    this.told.changed();
  }

  private async followStored(): Promise<void> {
    if (this.writer.mine || this.taking) return;
    const kept = await draftById(this.mirror, this.draft);
    if (kept) this.writer.follow(kept);
    if (this.isEndedByOther()) this.told.ended();
    else await this.files.refresh();
  }

  // What becomes of it.

  private async became(): Promise<void> {
    await this.refresh();
    if (!this.writer.mine) return this.followStored();
    const { facts, writing } = this.writer;
    const turn = turnOf(facts, await actionsOf(this.mirror), this.wishes, this.since);
    if (turn) return this.goOn(turn);
    if (facts.saved <= 0 || writing.message) return;
    const message = await messageOf(this.mirror, this.place.bell, this.draft);
    if (!message) return;
    await this.writer.note({ message });
    this.seen = await this.messageNow();
  }

  private async goOn(turn: Turn): Promise<void> {
    const [draft, base] = turn.how === 'as' ? [turn.draft, turn.base] : [newId(), 0];
    const former = this.letGo;
    await this.writer.goOnAs(turn.how === 'as' ? { draft, base } : { draft, base, replaces: '' }, turn.how === 'anew');
    this.changedElsewhere ||= turn.how === 'as' || turn.sent;
    this.since = (await readMeta(this.mirror.db, 'cursor'))?.seq ?? 0;
    this.desk.begin();
    this.seen = null;
    await this.take({ ifAvailable: true });
    former();
    this.told.renamed();
    this.say();
    await this.refresh();
  }

  // The message in Drafts.

  private async messageNow(): Promise<MessageRow | null> {
    const { message } = this.writer.writing;
    return message ? ((await rowsById(this.mirror, [message]))[0] ?? null) : null;
  }

  private look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookAtMessage()).catch(this.told.failed);
    return this.looking;
  }

  /** Was it this device that saved another version, or took it away? */
  private async lookAtMessage(): Promise<void> {
    const now = await this.messageNow();
    const before = this.seen;
    this.seen = now;
    if (now && before && placeOf(now) === placeOf(before)) return;
    if (!now || (before && now.folder !== before.folder)) this.changedElsewhere = true;
    else if (await this.isOthers()) this.changedElsewhere = !(await this.follows());
    this.told.changed();
  }

  /** Where nothing of it is only here, it goes on from what somebody else saved. */
  private async follows(): Promise<boolean> {
    const isClean = (): boolean => {
      this.flush();
      return !this.writer.isUnsaved;
    };
    const there = isClean() ? await draftIn(this.place, this.writer.writing.message) : null;
    if (!there || !isClean()) return false;
    await this.writer.adopt({ ...there, draft: this.draft });
    await this.files.refresh();
    return true;
  }

  private async isOthers(): Promise<boolean> {
    if (this.writer.facts.wish) return false; // ours is on its way; should another have been faster, the server says so
    const { message, composition } = this.writer.writing;
    const held = await heldBody(this.mirror, message);
    const found = held ? { body: held } : await fetchBody(this.mirror, this.place.bell, message);
    const head = 'body' in found ? found.body.draft : null;
    return head !== null && head.device_name !== this.name && head.seq > composition.base;
  }
}

const placeOf = ({ folder, received_at, size }: MessageRow): string => `${folder}/${received_at}/${size}`;
