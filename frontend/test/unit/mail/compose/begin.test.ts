import { expect, test } from 'vitest';
import {
  beginAgain,
  beginAnswer,
  beginDraft,
  beginNew,
  signedAs,
  typeOf,
  type Writer,
} from '../../../../src/mail/compose/begin';
import type { Attachment, BodyRow, Identity, MessageRow } from '../../../../src/mail/rows';
import { body, message } from '../../support/rows';

const box = (email: string, name = '') => ({ name, email });
const identity = (id: string, email: string, signature = ''): Identity => ({
  id,
  name: '',
  email,
  reply_to: '',
  signature,
  signature_html: '',
});
const PRAXIS = identity('i1', 'praxis@example.org', 'Praxis Dr. Muster');
const LABOR = identity('i2', 'labor@example.org', 'Labor');

function writer(change: Partial<Writer> = {}): Writer {
  let made = 0;
  return {
    address: 'login@example.org',
    identities: [PRAXIS, LABOR],
    language: 'de',
    position: 'top',
    newId: () => `new-${(made += 1)}`,
    ...change,
  };
}

const part = (change: Partial<Attachment> = {}): Attachment => ({
  part: '2',
  filename: 'scan.pdf',
  type: 'application/pdf',
  size: 99,
  content_id: '',
  inline: false,
  ...change,
});

const VERA = box('vera@example.org', 'Vera Muster');
const source = (row: Partial<MessageRow> = {}, text: Partial<BodyRow> | null = {}) => ({
  row: message('m1', { senders: [VERA], recipients: [box('praxis@example.org')], subject: 'Termin', ...row }),
  body: text && body('m1', { to: [box('praxis@example.org')], text: 'Guten Tag', ...text }),
});

test('a new mail is signed by the first identity, below what it begins with', () => {
  const mail = beginNew({ to: [VERA], subject: 'Frage', text: 'Aus dem Formular' }, writer());
  expect(mail).toMatchObject({ draft: 'new-1', kind: 'new', identity: 'i1', to: [VERA], subject: 'Frage', base: 0 });
  expect(mail.text).toBe('Aus dem Formular\n\n-- \nPraxis Dr. Muster\n');
});

test('without an identity a mail begins all the same', () => {
  expect(beginNew({}, writer({ identities: [] }))).toMatchObject({ identity: '', text: '', files: [] });
});

test('an answer quotes, is addressed and names what it answers', () => {
  const mail = beginAnswer(source(), 'reply', writer(), false);
  expect(mail).toMatchObject({ kind: 'reply', original: 'm1', to: [VERA], cc: [], subject: 'Re: Termin', files: [] });
  expect(mail.text).toContain('schrieb Vera Muster:\n> Guten Tag\n');
  expect(mail.text.indexOf('-- \nPraxis')).toBeLessThan(mail.text.indexOf('> Guten Tag'));
});

test('an answer is written by the identity that the mail reached', () => {
  const reached = source({}, { to: [VERA], cc: [box('LABOR@example.org')] });
  const mail = beginAnswer(reached, 'reply_all', writer(), false);
  expect(mail.identity).toBe('i2');
  expect(mail.text).toContain('-- \nLabor');
  expect([...mail.to, ...mail.cc].map((one) => one.email)).not.toContain('LABOR@example.org');
});

test('an answer to all leaves out every own address, the one of signing in too', () => {
  const to = [box('praxis@example.org'), box('login@example.org'), box('kollege@example.org')];
  const mail = beginAnswer(source({}, { to }), 'reply_all', writer(), false);
  expect([...mail.to, ...mail.cc].map((one) => one.email)).toEqual(['vera@example.org', 'kollege@example.org']);
});

test('an answer to a mailing list goes to the person who wrote', () => {
  const list = 'list@example.org';
  const mail = beginAnswer(source({}, { list_post: list, reply_to: [box(list)] }), 'reply', writer(), false);
  expect(mail.to).toEqual([VERA]);
});

test('an answer to a mail that is not here is addressed by its row, and quotes nothing', () => {
  const mail = beginAnswer(source({}, null), 'reply_all', writer(), false);
  expect(mail).toMatchObject({ to: [VERA], subject: 'Re: Termin' });
  expect(mail.text).not.toContain('>');
});

test('a forwarded mail takes all files along, pictures of its text too, as files', () => {
  const attachments = [
    part(),
    part({ part: '3', filename: 'photo.png', type: 'IMAGE/PNG', inline: true, content_id: 'c' }),
  ];
  const mail = beginAnswer(source({}, { attachments }), 'forward', writer(), false);
  expect(mail).toMatchObject({ kind: 'forward', original: 'm1', to: [], subject: 'Fwd: Termin' });
  expect(mail.text).toContain('Guten Tag');
  expect(mail.files).toMatchObject([
    { filename: 'scan.pdf', message: 'm1', part: '2', size: 99 },
    { filename: 'photo.png', message: 'm1', part: '3', type: 'image/png', inline: false, content_id: '' },
  ]);
  expect(new Set(mail.files.map((file) => file.id)).size).toBe(2);
});

test('forwarded as an attachment, the whole mail is one file and the text is empty but for the signature', () => {
  const mail = beginAnswer(source({ subject: 'Befund 3/2026: "Knie"', size: 5000 }), 'forward', writer(), true);
  expect(mail.files).toMatchObject([
    { filename: 'Befund 3_2026_ _Knie_.eml', type: 'message/rfc822', size: 5000, message: 'm1', part: '' },
  ]);
  expect(mail.text.trim()).toBe('-- \nPraxis Dr. Muster');
});

test('a mail without a subject is forwarded as a file that has a name', () => {
  expect(beginAnswer(source({ subject: ' / ' }), 'forward', writer(), true).files[0]?.filename).toBe('_.eml');
  expect(beginAnswer(source({ subject: '' }), 'forward', writer(), true).files[0]?.filename).toBe('mail.eml');
});

const LOGO = '<p>Hi <img data-cid="logo"></p>';

test('edited as new, a mail keeps people, text, formatting and files, and forgets what it was', () => {
  const attachments = [part({ inline: true, content_id: 'logo' })];
  const sent = source({ senders: [box('labor@example.org')] }, { bcc: [VERA], html: LOGO, attachments });
  const mail = beginAgain(sent, writer());
  expect(mail).toMatchObject({ kind: 'new', original: '', replaces: '', base: 0, identity: 'i2', bcc: [VERA] });
  expect(mail).toMatchObject({ html: LOGO, text: 'Guten Tag', subject: 'Termin' });
  expect(mail.files).toMatchObject([{ inline: true, content_id: 'logo', message: 'm1' }]);
  expect(mail.draft).not.toBe('');
});

test('a draft that was written here goes on as itself, from the version that is seen', () => {
  const head = { draft: 'd7', kind: 'reply' as const, original: 'm9', identity: 'i2', device_name: 'Empfang', seq: 42 };
  const mail = beginDraft(source({}, { draft: head }), writer());
  expect(mail).toMatchObject({ draft: 'd7', kind: 'reply', original: 'm9', identity: 'i2', base: 42, replaces: '' });
  expect(mail.text).toBe('Guten Tag');
});

test('an identity that is no longer there is not written as', () => {
  const head = { draft: 'd7', kind: 'new' as const, original: '', identity: 'i9', device_name: '', seq: 1 };
  expect(beginDraft(source({}, { draft: head }), writer()).identity).toBe('i1');
});

test("another program's draft is replaced by what is written here", () => {
  expect(beginDraft(source(), writer())).toMatchObject({ draft: 'new-1', replaces: 'm1', base: 0, kind: 'new' });
});

test('what a header may not hold does not get into one', () => {
  const evil = source(
    { senders: [box('vera@example.org', `Vera\r\nBcc: x@example.org${'n'.repeat(600)}`)] },
    {
      attachments: [
        part({ filename: `a\r\nb${'n'.repeat(600)}`, type: 'text/html\r\nX: y', content_id: 'c'.repeat(300) }),
      ],
    },
  );
  const mail = beginAnswer(evil, 'reply', writer(), false);
  expect(mail.to[0]?.name).toMatch(/^Vera Bcc/);
  expect(mail.to[0]?.name.length).toBe(500);
  const [file] = beginAgain(evil, writer()).files;
  expect(file).toMatchObject({ type: 'application/octet-stream' });
  expect([file?.filename.length, file?.content_id]).toEqual([500, '']);
  expect(file?.filename).not.toContain('\n');
});

test('a type that is none is any file', () => {
  expect(['Image/PNG', '', 'text', 'a/b c', `a/${'b'.repeat(120)}`].map(typeOf)).toEqual([
    'image/png',
    ...Array.from({ length: 4 }, () => 'application/octet-stream'),
  ]);
});

test('another identity signs where the one before has', () => {
  const text = beginNew({}, writer()).text;
  expect(signedAs(`Hallo${text}`, PRAXIS, LABOR)).toBe('Hallo\n\n-- \nLabor\n');
  expect(signedAs(`Hallo${text}`, PRAXIS, identity('i3', ''))).not.toContain('--');
});

test('a signature that was changed by hand stays, and a quoted one is nobody else’s', () => {
  const text = '\n\n-- \nPraxis Dr. Muster, Bern\n';
  expect(signedAs(text, PRAXIS, LABOR)).toBe(text);
  expect(signedAs('> -- \n> Praxis Dr. Muster\n', PRAXIS, LABOR)).toBe('> -- \n> Praxis Dr. Muster\n');
  expect(signedAs('Hallo', identity('i0', ''), LABOR)).toBe('Hallo');
});
