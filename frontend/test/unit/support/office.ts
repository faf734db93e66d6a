/** The server's side of writing, as far as a browser can tell: each wish once, a draft in one line of versions, a mail
 *  sent once, files in chunks. */
import type { ActionRow, Composition, Delta, Intent } from '../../../src/mail/rows';
import type { Fault } from './ledger';
import { action, delta } from './rows';
import { failure, noNetwork, type Answer, type Asked } from './server';

const US = 'us';

type Draft = { text: string; files: string[]; device: string; saved: number; ended: '' | 'sent' | 'discarded' };
type Sent = { action: string; draft: string; text: string; files: string[] };
type Kept = { row: ActionRow; composition: Composition | null; due: number };

export class Office {
  epoch = 'epoch-1';
  seq = 1;
  now = 0;
  fault: Fault = 'none';
  readonly actions = new Map<string, Kept>();
  readonly drafts = new Map<string, Draft>();
  /** Drafts that became second ones of this device: from → to. */
  readonly second = new Map<string, string>();
  readonly sent: Sent[] = [];
  readonly uploads = new Map<string, { size: number; received: number }>();

  routes(): Record<string, Answer> {
    const faulty =
      (work: Answer): Answer =>
      (asked) =>
        this.answer(work, asked);
    return {
      'actions/': faulty(({ path }) => this.discard(path.split('/')[1] ?? '')),
      actions: faulty(({ body }) => this.post((body as { actions: Intent[] }).actions)),
      changes: faulty(({ body }) => this.changes(body as { epoch: string; since: number })),
      snapshot: faulty(() => this.snapshot()),
      'uploads/': faulty((asked) => this.chunk(asked)),
      uploads: faulty(({ body }) => this.upload(body as { id: string; size: number })),
    };
  }

  private async answer(work: Answer, asked: Asked): Promise<unknown> {
    const { fault } = this;
    if (fault === 'lose_request') return noNetwork();
    if (fault === 'trouble') return failure(503, 'http_503');
    const answer = await work(asked);
    if (fault === 'lose_reply') return noNetwork();
    return fault === 'trouble_after' ? failure(500, 'http_500') : answer;
  }

  private post(intents: Intent[]): unknown {
    for (const { id, kind, targets, args, composition } of intents) {
      if (this.actions.has(id)) continue;
      const draft = composition?.draft ?? String(args.draft);
      const row = action(id, { kind, targets, args, draft, state: 'waiting', settled_at: null });
      this.actions.set(id, { row, composition: composition ?? null, due: this.now + Number(args.hold_ms ?? 0) });
      this.put(id, {});
    }
    return { accepted: intents.map((one) => this.actions.get(one.id)?.row), refused: [] };
  }

  private discard(id: string): unknown {
    if (!this.actions.has(id)) return failure(404, 'missing');
    if (this.actions.get(id)?.row.state === 'waiting') this.put(id, { state: 'noop', detail: 'discarded' });
    return { accepted: [], refused: [] };
  }

  private put(id: string, change: Partial<ActionRow>): void {
    const kept = this.actions.get(id);
    if (kept) kept.row = { ...kept.row, ...change, seq: (this.seq += 1) };
  }

  private upload({ id, size }: { id: string; size: number }): unknown {
    const known = this.uploads.get(id) ?? { size, received: 0 };
    this.uploads.set(id, known);
    return { id, received: known.received };
  }

  private chunk({ path, body }: Asked): unknown {
    const [, id = '', at = ''] = path.split('/');
    const file = this.uploads.get(id);
    if (!file) return failure(404, 'missing');
    if (Number(at) === file.received) file.received += (body as Uint8Array).length;
    return { id, received: file.received };
  }

  /** Everything that is due is carried out, in the order in which it came. */
  work(): void {
    for (const [id, { row, composition, due }] of this.actions) {
      if (row.state !== 'waiting' || due > this.now) continue;
      this.put(id, { state: 'done', settled_at: this.now, ...this.carryOut(id, row, composition) });
    }
  }

  private carryOut(id: string, row: ActionRow, mail: Composition | null): Partial<ActionRow> {
    const draft = this.second.get(row.draft) ?? row.draft;
    if (row.kind === 'discard') {
      this.drafts.set(draft, { ...this.known(draft), ended: 'discarded', device: US, saved: this.seq });
      return {};
    }
    if (!mail) throw new Error('a wish without its mail');
    const gone = mail.files.some((file) => !this.isWhole(file.id));
    return row.kind === 'draft' ? this.save(id, draft, mail, gone) : this.send(id, draft, mail, gone);
  }

  private save(id: string, draft: string, mail: Composition, gone: boolean): Partial<ActionRow> {
    if (this.newerWaits(id, mail.draft)) return { state: 'noop', detail: 'superseded' };
    const known = this.known(draft);
    if (known.device === US && known.ended) return { state: 'noop', detail: 'ended' };
    if (gone) return { state: 'failed', detail: 'file_gone' };
    const files = mail.files.map((file) => file.id);
    const isSecond = known.device !== US && (known.ended !== '' || known.saved > mail.base);
    this.drafts.set(isSecond ? id : draft, { text: mail.text, files, device: US, saved: this.seq, ended: '' });
    if (!isSecond) return {};
    this.second.set(mail.draft, id);
    return { state: 'conflict', detail: 'second_draft', where: id };
  }

  private newerWaits(id: string, draft: string): boolean {
    const ids = [...this.actions.keys()];
    const later = ids.slice(ids.indexOf(id) + 1).flatMap((one) => this.actions.get(one)?.row ?? []);
    return later.some((row) => row.kind === 'draft' && row.draft === draft && row.state === 'waiting');
  }

  private send(id: string, draft: string, mail: Composition, gone: boolean): Partial<ActionRow> {
    if (this.drafts.get(draft)?.ended === 'sent') return { state: 'noop', detail: 'already_sent' };
    if (gone) return { state: 'failed', detail: 'file_gone' };
    this.sent.push({ action: id, draft: mail.draft, text: mail.text, files: mail.files.map((file) => file.id) });
    this.drafts.set(draft, { ...this.known(draft), ended: 'sent', device: US, saved: this.seq });
    return {};
  }

  private known(draft: string): Draft {
    return this.drafts.get(draft) ?? { text: '', files: [], device: US, saved: 0, ended: '' };
  }

  private isWhole(id: string): boolean {
    const file = this.uploads.get(id);
    return file !== undefined && file.received >= file.size;
  }

  /** Somebody else opens a draft as it is now, and saves another version. */
  saveAsOther(draft: string): void {
    const known = this.drafts.get(draft);
    if (known && !known.ended) this.drafts.set(draft, { ...known, device: 'other', saved: (this.seq += 1) });
  }

  private changes({ epoch, since }: { epoch: string; since: number }): Delta | { reset: true } {
    if (epoch !== this.epoch) return { reset: true };
    const actions = [...this.actions.values()].map(({ row }) => row).filter((row) => row.seq > since);
    return { ...delta(since, this.seq, { actions }), epoch };
  }

  private snapshot(): Delta {
    const actions = [...this.actions.values()].map(({ row }) => row).filter((row) => row.state === 'waiting');
    return { ...delta(0, this.seq, { actions }), epoch: this.epoch };
  }
}
