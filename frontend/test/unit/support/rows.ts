/** Values of the wire, whole, with only what a test is about named. */
import type {
  ActionRow,
  BodyRow,
  ComposedFile,
  Composition,
  Contact,
  Delta,
  FolderRow,
  Intent,
  MessageRow,
  Page,
  TextBlock,
} from '../../../src/mail/rows';

export const EPOCH = 'epoch-1';

export const message = (id: string, change: Partial<MessageRow> = {}): MessageRow => ({
  id,
  folder: 'inbox',
  received_at: 1000,
  flags: 0,
  keywords: [],
  has_attachments: false,
  subject: `Subject of ${id}`,
  senders: [{ name: 'Vera Muster', email: 'vera.muster@example.org' }],
  recipients: [{ name: '', email: 'praxis@example.org' }],
  preview: `Preview of ${id}`,
  size: 1234,
  unparsed: false,
  seq: 1,
  ...change,
});

export const contact = (id: string, change: Partial<Contact> = {}): Contact => ({
  id,
  name: 'Vera Muster',
  emails: ['vera.muster@example.org'],
  phone: '',
  organisation: '',
  note: '',
  seq: 1,
  ...change,
});

export const block = (id: string, change: Partial<TextBlock> = {}): TextBlock => ({
  id,
  title: 'Gruss',
  text: 'Freundliche Grüsse',
  seq: 1,
  ...change,
});

export const folder = (id: string, change: Partial<FolderRow> = {}): FolderRow => ({
  id,
  path: id.toUpperCase(),
  delimiter: '/',
  role: '',
  selectable: true,
  complete: true,
  total: 0,
  unread: 0,
  marked_deleted: 0,
  seq: 1,
  ...change,
});

export const action = (id: string, change: Partial<ActionRow> = {}): ActionRow => ({
  id,
  kind: 'flag',
  targets: ['m1'],
  args: {},
  state: 'done',
  detail: '',
  where: '',
  draft: '',
  subject: '',
  refused: [],
  due_at: 0,
  device: 'd1',
  device_name: 'Empfang',
  person: 'Vera',
  created_at: 1000,
  settled_at: 2000,
  seq: 1,
  ...change,
});

export const delta = (prev: number, seq: number, change: Partial<Delta> = {}): Delta => ({
  epoch: EPOCH,
  prev,
  seq,
  more: false,
  account: null,
  messages: [],
  lost: [],
  folders: [],
  lost_folders: [],
  actions: [],
  ...change,
});

export const page = (seq: number, messages: MessageRow[], change: Partial<Page> = {}): Page => {
  const last = messages.at(-1);
  return {
    epoch: EPOCH,
    seq,
    messages,
    complete: false,
    down_to: last ? { received_at: last.received_at, id: last.id } : null,
    ...change,
  };
};

export const body = (id: string, change: Partial<BodyRow> = {}): BodyRow => ({
  id,
  html: null,
  text: `Text of ${id}`,
  to: [],
  cc: [],
  reply_to: [],
  sent_at: null,
  attachments: [],
  blocked_images: 0,
  bcc: [],
  list_post: '',
  draft: null,
  unparsed: false,
  ...change,
});

let made = 0;

export const intent = (kind: Intent['kind'], targets: string[], change: Partial<Intent> = {}): Intent => {
  made += 1;
  return { v: 1, id: `wish-${made}`, n: made, kind, targets, args: {}, base_seq: 0, ...change };
};

export const composition = (draft: string, change: Partial<Composition> = {}): Composition => ({
  draft,
  base: 0,
  kind: 'new',
  original: '',
  replaces: '',
  identity: '',
  to: [{ name: 'Hans Muster', email: 'hans.muster@example.org' }],
  cc: [],
  bcc: [],
  subject: 'Befund',
  text: 'Guten Tag',
  html: null,
  files: [],
  ...change,
});

export const attached = (id: string, change: Partial<ComposedFile> = {}): ComposedFile => ({
  id,
  filename: `${id}.pdf`,
  type: 'application/pdf',
  size: 10,
  content_id: '',
  inline: false,
  message: '',
  part: '',
  ...change,
});
