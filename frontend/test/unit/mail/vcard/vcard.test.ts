import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contact } from '../../../../src/mail/rows';
import { readCards, type Card } from '../../../../src/mail/vcard/read';
import { writeCards } from '../../../../src/mail/vcard/write';

const ID = '01930000-0000-7000-8000-000000000001';
const contact = (change: Partial<Contact> = {}): Contact => ({
  id: ID,
  name: 'Vera Muster',
  emails: ['vera@labor.example'],
  phone: '',
  organisation: '',
  note: '',
  seq: 1,
  ...change,
});
const said = ({ name, emails, phone, organisation, note }: Contact): Card => ({
  name,
  emails,
  phone,
  organisation,
  note,
});
const card = (...lines: string[]): string => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
const only = (file: string): Card | undefined => {
  const { cards, bad } = readCards(file);
  expect(bad).toEqual([]);
  expect(cards).toHaveLength(1);
  return cards[0]?.card;
};

// Round trips

const line = fc.string({ unit: 'grapheme', maxLength: 120 }).map((text) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim());
const note = fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replace(/[^\P{Cc}\n]/gu, '').trim());

test('what is written is read as it was, whatever it holds', () => {
  fc.assert(
    fc.property(line, line, note, line, (name, phone, words, organisation) => {
      const whole = contact({
        name: name || 'V',
        phone: phone.replace(/^tel:/i, ''),
        note: words,
        organisation,
        emails: ['a@b.example', '"c d"@e.example'],
      });
      expect(only(writeCards([whole]))).toEqual(said(whole));
    }),
    { numRuns: 300 },
  );
});

test('a file is version 4.0, in lines of at most 75 octets that end in CR LF', () => {
  const file = writeCards([contact({ note: 'Zeile 1\nZeile 2, ä🙂'.repeat(30), organisation: 'Labor; Muster, AG' })]);
  expect(file).toMatch(/^BEGIN:VCARD\r\nVERSION:4\.0\r\nUID:urn:uuid:01930000-/);
  expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const written of file.split('\r\n')) expect(new TextEncoder().encode(written).length).toBeLessThanOrEqual(75);
  expect(file).toContain('ORG:Labor\\; Muster\\, AG\r\n');
});

test('every card has a name, and the order of addresses is kept', () => {
  const file = writeCards([contact({ name: '', emails: ['b@b.example', 'a@a.example'] })]);
  expect(file).toContain('FN:b@b.example\r\n');
  expect(only(file)?.emails).toEqual(['b@b.example', 'a@a.example']);
});

// Other programs' cards

test('version 3.0 as phones write it: groups, types, a picture over several lines', () => {
  const file = card(
    'VERSION:3.0',
    'PRODID:-//Apple Inc.//iOS 17//EN',
    'N:Muster;Vera;;Dr.;',
    'item1.EMAIL;TYPE=INTERNET,HOME:vera@privat.example',
    'EMAIL;TYPE=INTERNET;TYPE=pref:vera@labor.example',
    'TEL;TYPE=WORK,VOICE:+41 31 555 01 01',
    'ORG:Labor\\, Muster;Hämatologie',
    'NOTE:Nur am\\nVormit',
    ' tag\\, bitte',
    'PHOTO;ENCODING=b;TYPE=JPEG:AAAA',
    ' BBBB',
  );
  expect(only(file)).toEqual({
    name: 'Dr. Vera Muster',
    emails: ['vera@labor.example', 'vera@privat.example'],
    phone: '+41 31 555 01 01',
    organisation: 'Labor, Muster, Hämatologie',
    note: 'Nur am\nVormittag, bitte',
  });
});

test('version 4.0 with its own ways: URIs, quoted types, preferences', () => {
  const file = card(
    'VERSION:4.0',
    'FN;ALTID=1;LANGUAGE=de:Vera Muster',
    'TEL;VALUE=uri;PREF=1;TYPE="voice,home":tel:+41-31-555-01-01',
    'EMAIL;PREF=2:b@b.example',
    'EMAIL;PREF=1:a@a.example',
    'EMAIL:B@B.example',
    'KIND:individual',
    'X-UNKNOWN;A=b:c',
  );
  expect(only(file)).toMatchObject({ emails: ['a@a.example', 'b@b.example'], phone: '+41-31-555-01-01' });
});

test('line ends, empty lines, a byte order mark and small letters make no difference', () => {
  const file = '\uFEFFbegin:vcard\nversion:3.0\n\nfn:Vera\nemail:vera@labor.example\nend:vcard';
  expect(only(file)).toMatchObject({ name: 'Vera', emails: ['vera@labor.example'] });
});

test('a bad card is named by its line and costs no other', () => {
  const good = card('VERSION:3.0', 'FN:Gut', 'EMAIL:gut@a.example');
  const file = [
    good, // 1 … 5
    card('VERSION:2.1', 'FN:Alt', 'EMAIL:alt@a.example'), // 6
    card('VERSION:4.0', 'FN ohne Doppelpunkt', 'EMAIL:x@a.example'), // 11
    card('VERSION:4.0', 'FN:Ohne Adresse', 'EMAIL:nobody'), // 16
    'was ist das\r\nund das\r\n', // 21
    'BEGIN:VCARD\r\nVERSION:3.0\r\n', // 23
    good, // 25
    'BEGIN:VCARD\r\nVERSION:3.0', // 30
  ].join('');
  const { cards, bad } = readCards(file);
  expect(cards.map((one) => one.line)).toEqual([1, 25]);
  expect(bad).toEqual([
    { line: 6, why: 'version' },
    { line: 11, why: 'broken' },
    { line: 16, why: 'no_address' },
    { line: 21, why: 'broken' },
    { line: 23, why: 'broken' },
    { line: 30, why: 'broken' },
  ]);
});

test('nothing of a card is longer than a contact may be, and no field ends a line', () => {
  const many = Array.from({ length: 30 }, (_, n) => `EMAIL:a${n}@a.example`);
  const read = only(card('VERSION:4.0', `FN:${'x'.repeat(900)}\\nBcc: y`, `NOTE:${'n'.repeat(9000)}`, ...many));
  expect([read?.name.length, read?.note.length, read?.emails.length]).toEqual([500, 5000, 20]);
  expect(only(card('VERSION:4.0', 'FN:Vera\\nBcc: y', 'EMAIL:a@a.example'))?.name).toBe('Vera Bcc: y');
});

test('any text is read without an error', () => {
  const piece = fc.constantFrom(
    'BEGIN:VCARD\n',
    'END:VCARD\n',
    'VERSION:4.0\n',
    'FN:x\n',
    'EMAIL',
    ';',
    ':',
    '"',
    'a@b.ch\n',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      readCards(pieces.join(''));
    }),
    { numRuns: 300 },
  );
});
