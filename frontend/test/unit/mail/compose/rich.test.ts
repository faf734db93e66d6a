import { describe, expect, test } from 'vitest';
import {
  asSent,
  contentIdsIn,
  flattened,
  isRich,
  linesToHtml,
  richOf,
  signatureBlock,
  signatureOf,
  signedHtml,
  withoutUnshown,
} from '../../../../src/mail/compose/rich';
import type { ComposedFile, Composition } from '../../../../src/mail/rows';
import { composing } from '../../support/writing';

const file = (change: Partial<ComposedFile>): ComposedFile => ({
  id: 'f1',
  filename: 'Bild.png',
  type: 'image/png',
  size: 10,
  content_id: '',
  inline: false,
  message: '',
  part: '',
  ...change,
});
const picture = (content_id: string): ComposedFile => file({ id: content_id, inline: true, content_id });
const mail = (change: Partial<Composition>): Composition => composing({}, change).composition;

test.each([
  '',
  '<div>Guten Tag</div><div><br></div>',
  '<p>Guten Tag</p>',
  '<blockquote><div>zitiert</div><blockquote><div>älter</div></blockquote></blockquote>',
  '<div>Siehe <a href="https://praxis.example">https://praxis.example</a></div>',
  '<div><a href="http://www.praxis.example">www.praxis.example</a></div>',
  '<div><a href="mailto:a@b.example">a@b.example</a></div>',
])('plain text says as much as %s', (html) => {
  expect(isRich(html)).toBe(false);
});

test.each([
  '<div><b>Guten</b> Tag</div>',
  '<ul><li>eins</li></ul>',
  '<div><a href="https://praxis.example">hier</a></div>',
  '<div style="color:red">Guten Tag</div>',
  '<div><img src="cid:a@b"></div>',
  '<table><tbody><tr><td>1</td></tr></tbody></table>',
  '<blockquote style="color:red"><div>zitiert</div></blockquote>',
])('plain text says less than %s', (html) => {
  expect(isRich(html)).toBe(true);
});

test('pictures are found however their address is written', () => {
  const html = '<img data-cid="logo&amp;1"><img src="cid:b%20c@praxis" alt="x"><img src="cid:%zz">';
  expect([...contentIdsIn(html)]).toEqual(['logo&1', 'b c@praxis', '%zz']);
});

test('a picture that was taken out of the text stays behind, a file beside it goes along', () => {
  const files = [picture('a@b'), picture('c@d'), file({ id: 'pdf' })];
  const left = withoutUnshown(mail({ html: '<b>x</b><img src="cid:c@d">', files }));
  expect(left.files.map((one) => one.id)).toEqual(['c@d', 'pdf']);
});

test('what is not rich is sent as plain text alone', () => {
  expect(asSent(mail({ html: '<div>Ja.</div>', text: 'Ja.\n' })).html).toBeNull();
  expect(asSent(mail({ html: '<div><b>Ja.</b></div>' })).html).toBe('<div><b>Ja.</b></div>');
  const plain = mail({ text: 'Ja.' });
  expect(asSent(plain)).toBe(plain);
});

test('back in plain text the pictures that were shown go along as files', () => {
  const files = [picture('a@b'), picture('c@d')];
  expect(flattened(mail({ html: '<img src="cid:a@b">', files }))).toMatchObject({
    html: null,
    files: [{ id: 'a@b', inline: false, content_id: '' }],
  });
});

describe('plain text as HTML', () => {
  test('each line is a block, an empty one as well', () => {
    expect(linesToHtml('Guten Tag\n\nGruss')).toBe('<div>Guten Tag</div><div><br></div><div>Gruss</div>');
    expect(linesToHtml('')).toBe('');
  });

  test('each mark of a quote is one level', () => {
    expect(linesToHtml('Ja\n> Wann?\n>> Was?\n> Gut\nEnde')).toBe(
      '<div>Ja</div><blockquote><div>Wann?</div><blockquote><div>Was?</div></blockquote><div>Gut</div></blockquote><div>Ende</div>',
    );
  });

  test('nothing in it is markup, and spaces stay', () => {
    expect(linesToHtml('a  <b onclick="x">&')).toBe('<div>a&nbsp; &lt;b onclick=&quot;x&quot;&gt;&amp;</div>');
  });

  test('a block that still stands there gets its own HTML, what was typed around it stays', () => {
    const blocks = [
      { text: 'Am 3. schrieb A:\n> Wann?\n', html: '<Q>' },
      { text: '-- \nPraxis\n', html: '<S>' },
    ];
    expect(richOf('Montag\n\n-- \nPraxis\n\nAm 3. schrieb A:\n> Wann?\n', blocks)).toBe(
      '<div>Montag</div><div><br></div><S><div><br></div><Q>',
    );
    expect(richOf('Am 3. schrieb A:\n> Wann genau?\n', blocks)).toContain('<blockquote><div>Wann genau?');
  });
});

test('another identity signs, where the words of the one before stand as they were', () => {
  const html = `<div>Ja</div>${signatureBlock('<b>A</b>')}<blockquote>q</blockquote>`;
  expect(signedHtml(html, '<b>A</b>', '<i>B</i>')).toBe(
    `<div>Ja</div>${signatureBlock('<i>B</i>')}<blockquote>q</blockquote>`,
  );
  expect(signedHtml(html, '<b>C</b>', '<i>B</i>')).toBe(html);
  expect(signedHtml(html, '', '<i>B</i>')).toBe(html);
});

test('who has no formatted signature signs with the plain one', () => {
  const identity = {
    id: 'i1',
    name: '',
    email: 'a@b.example',
    reply_to: '',
    signature: 'Praxis <1>\n',
    signature_html: '',
  };
  expect(signatureOf(identity)).toBe('<div>Praxis &lt;1&gt;</div>');
  expect(signatureOf({ ...identity, signature_html: '<b>P</b>' })).toBe('<b>P</b>');
  expect(signatureOf(undefined)).toBe('');
});
