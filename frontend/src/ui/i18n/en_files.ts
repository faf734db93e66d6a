/** English: what files that go along need, and what is shared with the app. */
import type { Text } from './en';

export const enFiles = {
  'files.anew': 'Arrived damaged, uploading it again: {sent} of {size}',
  'files.failed.damaged': 'it arrived damaged twice',
  'share.waiting': 'What you shared is kept on this device. Sign in, and it becomes a new message.',
  'share.lost':
    'What you shared did not arrive here. Share it once more. If it fails again, this device is full: free some space first.',
  'share.too_large': 'The files you shared are too large together for one mail and were left out',
} as const satisfies Record<string, Text>;
