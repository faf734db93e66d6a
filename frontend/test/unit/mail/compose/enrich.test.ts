import { expect, test } from 'vitest';
import { beginAnswer, type Source, type Writer } from '../../../../src/mail/compose/begin';
import { enriched } from '../../../../src/mail/compose/enrich';
import type { Attachment, BodyRow, ComposedFile } from '../../../../src/mail/rows';
import { body, message } from '../../support/rows';

const SIGNED = { id: 'i1', name: '', email: 'praxis@example.org', reply_to: '', signature: 'Praxis Muster' };
const by = (signature_html = ''): Writer => {
  let made = 0;
  return {
    address: 'praxis@example.org',
    identities: [{ ...SIGNED, signature_html }],
    language: 'de',
    position: 'top',
    newId: () => `new-${(made += 1)}`,
  };
};
const curve: Attachment = {
  part: '2',
  filename: 'Kurve.png',
  type: 'image/png',
  size: 90,
  content_id: 'kurve',
  inline: true,
};
const QUOTED = '<table><tbody><tr><td>Na</td></tr></tbody></table><img data-cid="kurve">';
const source = (change: Partial<BodyRow> = {}): Source => ({
  row: message('m1', { senders: [{ name: 'Anna', email: 'anna@example.org' }], subject: 'Labor' }),
  body: body('m1', { text: 'Na', html: QUOTED, attachments: [curve], ...change }),
});
const idsOf = (files: readonly ComposedFile[]) =>
  files.map(({ content_id, inline, part }) => [content_id, inline, part]);

test('what an answer quotes gets its own formatting and pictures', () => {
  const mail = beginAnswer(source(), 'reply', by(), false);
  const { html, files } = enriched({ ...mail, text: `Danke.${mail.text}` }, source(), by());
  expect(html).toMatch(/^<div>Danke\.<\/div>.*schrieb Anna:<\/div><blockquote><table>/);
  expect(html).toContain(`<blockquote>${QUOTED}</blockquote>`);
  expect(idsOf(files)).toEqual([['kurve', true, '2']]);
});

test('a quote that was changed is the writer’s, and stays as it is', () => {
  const mail = beginAnswer(source(), 'reply', by(), false);
  const { html, files } = enriched({ ...mail, text: mail.text.replace('> Na', '> Na 140') }, source(), by());
  expect(html).toContain('<blockquote><div>Na 140</div></blockquote>');
  expect(files).toEqual([]);
});

test('a forwarded mail keeps its formatting, and its pictures move from beside the text into it', () => {
  const mail = beginAnswer(source(), 'forward', by(), false);
  expect(idsOf(mail.files)).toEqual([['', false, '2']]);
  const { html, files } = enriched(mail, source(), by());
  expect(html).toContain(`<div>Betreff: Labor</div>`);
  expect(html).toContain(QUOTED);
  expect(idsOf(files)).toEqual([['kurve', true, '2']]);
});

test('where the original has no formatting, or cannot be had, its text is quoted', () => {
  const mail = beginAnswer(source(), 'reply', by(), false);
  for (const other of [source({ html: null }), { ...source(), body: null }, null]) {
    expect(enriched(mail, other, by()).html).toContain('<blockquote><div>Na</div></blockquote>');
  }
});

test('it is signed with the formatted signature, or the plain one where there is none', () => {
  const mail = beginAnswer(source(), 'reply', by(), true);
  expect(enriched(mail, null, by('<b>Praxis</b>')).html).toContain('<div><div>--</div><b>Praxis</b></div>');
  expect(enriched(mail, null, by()).html).toContain('<div><div>--</div><div>Praxis Muster</div></div>');
});

test.each(['a b', 'x"y', '<z>', 'c'.repeat(200)])(
  'a picture whose id "%s" no mail of ours may hold goes along beside',
  (id) => {
    const evil = source({ html: `<img data-cid="${id}">`, attachments: [{ ...curve, content_id: id }] });
    const mail = beginAnswer(evil, 'forward', by(), false);
    expect(enriched(mail, evil, by()).files.map((file) => [file.inline, file.content_id])).toEqual([[false, '']]);
  },
);

test('of two pictures with one id the first is shown, the other goes along beside', () => {
  const twice = source({ attachments: [curve, { ...curve, part: '3' }] });
  const mail = beginAnswer(twice, 'forward', by(), false);
  expect(idsOf(enriched(mail, twice, by()).files)).toEqual([
    ['kurve', true, '2'],
    ['', false, '3'],
  ]);
});
