/** Deutsch: was mitgehende Dateien brauchen, und was mit der App geteilt wird. */
import type { FilesKey, Text } from './en';

export const deFiles: Record<FilesKey, Text> = {
  'files.anew': 'Kam beschädigt an, wird neu hochgeladen: {sent} von {size}',
  'files.failed.damaged': 'sie kam zweimal beschädigt an',
};
