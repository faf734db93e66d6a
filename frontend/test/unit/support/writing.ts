/** A mail that is being written, whole, with only what a test is about named. */
import type { Composition } from '../../../src/mail/rows';
import type { Composing } from '../../../src/state/compose';

export const composing = (change: Partial<Composing> = {}, composition: Partial<Composition> = {}): Composing => ({
  composition: {
    draft: 'd1',
    base: 0,
    kind: 'new',
    original: '',
    replaces: '',
    identity: 'i1',
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    text: '',
    html: null,
    files: [],
    ...composition,
  },
  files: [],
  saved: 'local',
  savedAt: null,
  confidential: false,
  original: null,
  instead: '',
  others: [],
  locked: false,
  replying: [],
  changedElsewhere: false,
  ...change,
});
