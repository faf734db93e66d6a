import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Objection } from '../../../src/state/compose';
import { askAndSend, canOverrule, type Answer } from '../../../src/ui/composer/sending';

type Code = Objection['code'];

const OBJECTIONS: Record<Code, Objection> = {
  no_recipients: { code: 'no_recipients' },
  bad_address: { code: 'bad_address', addresses: ['hans'] },
  too_large: { code: 'too_large', bytes: 2, most: 1 },
  no_subject: { code: 'no_subject' },
  attachment_missing: { code: 'attachment_missing' },
  unprotected: { code: 'unprotected', recipients: [{ name: '', email: 'a@example.org' }] },
  no_smtp: { code: 'no_smtp' },
  uploading_offline: { code: 'uploading_offline' },
};
const CODES = Object.keys(OBJECTIONS) as Code[];

/** A mail with these objections; `answers` says what is answered to each, and "again" mends it. */
async function run(codes: readonly Code[], answers: Partial<Record<Code, Answer>>, room = true) {
  const open = new Set(codes);
  const asked: Code[] = [];
  let sent = 0;
  const end = await askAndSend({
    objections: () => Promise.resolve([...open].map((code) => OBJECTIONS[code])),
    ask: ({ code }) => {
      asked.push(code);
      const answer = answers[code] ?? 'back';
      if (answer === 'again') open.delete(code);
      return Promise.resolve(answer);
    },
    send: () => {
      sent += 1;
      return Promise.resolve(room);
    },
  });
  return { end, asked, sent };
}

test('a mail that nothing speaks against leaves without a question', async () => {
  expect(await run([], {})).toEqual({ end: 'sent', asked: [], sent: 1 });
});

test('objections are asked one after the other, what cannot be sent at all first', async () => {
  const all = Object.fromEntries(CODES.map((code) => [code, 'again'])) as Record<Code, Answer>;
  const { end, asked } = await run([...CODES].reverse(), all);
  expect(end).toBe('sent');
  expect(asked).toEqual(CODES);
});

test('whoever goes back sends nothing and is asked nothing more', async () => {
  const { end, asked, sent } = await run(['unprotected', 'no_subject'], { no_subject: 'back' });
  expect({ end, asked, sent }).toEqual({ end: 'kept', asked: ['no_subject'], sent: 0 });
});

test('what was overruled is asked once', async () => {
  const { end, asked } = await run(['no_subject', 'attachment_missing', 'unprotected'], {
    no_subject: 'on',
    attachment_missing: 'on',
    unprotected: 'on',
  });
  expect({ end, asked }).toEqual({ end: 'sent', asked: ['no_subject', 'attachment_missing', 'unprotected'] });
});

test('a device that is full is told from a mail that left', async () => {
  expect(await run([], {}, false)).toMatchObject({ end: 'full', sent: 1 });
});

test('no recipients, a bad address, too large and no server are never overruled', () => {
  const firm = CODES.filter((code) => !canOverrule(OBJECTIONS[code]));
  expect(firm).toEqual(['no_recipients', 'bad_address', 'too_large', 'no_smtp']);
});

test('whatever is objected and answered, nothing leaves with an objection that was neither mended nor overruled', async () => {
  const answer = fc.constantFrom<Answer>('back', 'again', 'on');
  const answers = fc.record(Object.fromEntries(CODES.map((code) => [code, answer])) as Record<Code, typeof answer>);
  await fc.assert(
    fc.asyncProperty(fc.subarray(CODES), answers, async (codes, given) => {
      const legal = { ...given };
      for (const code of CODES) if (legal[code] === 'on' && !canOverrule(OBJECTIONS[code])) legal[code] = 'back';
      const { end, sent } = await run(codes, legal);
      const stopped = codes.some((code) => legal[code] === 'back');
      expect({ end, sent }).toEqual(stopped ? { end: 'kept', sent: 0 } : { end: 'sent', sent: 1 });
    }),
  );
});
