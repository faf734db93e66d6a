/** The wire's values under their names. Generated types stay behind this file. */
import type { components } from './wire';

type Schemas = components['schemas'];

export type Mailbox = Schemas['Mailbox'];
export type MessageRow = Schemas['MessageRow'];
export type FolderRow = Schemas['FolderRow'];
export type ActionRow = Schemas['ActionRow'];
export type AccountRow = Schemas['AccountRow'];
export type Position = Schemas['Position'];
export type Window = Schemas['WindowBody'];
export type WindowKind = Window['kind'];
export type Delta = Schemas['Delta'];
export type Page = Schemas['Page'];
export type Attachment = Schemas['Attachment'];
export type BodyRow = Schemas['BodyRow'];
export type Composition = Schemas['Composition'];
export type ComposedFile = Schemas['ComposedFile'];
export type Identity = Schemas['Identity'];
export type Contact = Schemas['Contact'];
export type TextBlock = Schemas['TextBlock'];
export type DraftHead = Schemas['DraftHead'];
export type RefusedRecipient = Schemas['RefusedRecipient'];
export type Present = Schemas['Present'];
export type Upload = Schemas['Upload'];
export type Session = Schemas['Session'];
export type Accepted = Schemas['Accepted'];
export type Bodies = Schemas['Bodies'];
export type ServerFrame = Schemas['Frames']['server'];
export type ActionKind = ActionRow['kind'];
export type ActionState = ActionRow['state'];

/** What this device wants, as it waits in the outbox. `n` orders one device's wishes. `composition` comes with what is
 *  written: draft and send. */
export type Intent = {
  v: 1;
  id: string;
  n: number;
  kind: ActionKind;
  targets: string[];
  args: Record<string, string | number | boolean>;
  base_seq: number;
  composition?: Composition;
};

/** As it is sent. `ago_ms`: how long ago it was decided, by this device's own clock at both moments. */
export type SentIntent = Intent & { ago_ms: number };

/** The draft that a wish is about, '' for all other wishes. */
export const draftOf = ({ composition, args }: Pick<Intent, 'composition' | 'args'>): string =>
  composition?.draft ?? String(args.draft ?? '');
