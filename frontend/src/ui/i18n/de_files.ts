/** Deutsch: was mitgehende Dateien brauchen, und was mit der App geteilt wird. */
import type { FilesKey, Text } from './en';

export const deFiles: Record<FilesKey, Text> = {
  'files.anew': 'Kam beschädigt an, wird neu hochgeladen: {sent} von {size}',
  'files.failed.damaged': 'sie kam zweimal beschädigt an',
  'share.waiting':
    'Was Sie geteilt haben, liegt auf diesem Gerät bereit. Nach dem Anmelden wird eine neue Nachricht daraus.',
  'share.lost':
    'Was Sie geteilt haben, ist hier nicht angekommen. Teilen Sie es noch einmal. Geht es wieder nicht, ist dieses Gerät voll: Schaffen Sie zuerst Platz.',
  'share.too_large': 'Die geteilten Dateien sind zusammen zu gross für eine Mail und wurden weggelassen',
};
