/** English: what files that go along need, and what is shared with the app. */
import type { Text } from './en';

export const enFiles = {
  'files.anew': 'Arrived damaged, uploading it again: {sent} of {size}',
  'files.failed.damaged': 'it arrived damaged twice',
} as const satisfies Record<string, Text>;
