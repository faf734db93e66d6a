/** What is not needed for the first rows. It is fetched as soon as the page is idle, so that the first tap finds it here. */
export const loadReader = () => import('../reader/Reader.svelte');
export const loadComposer = () => import('../composer/Composer.svelte');
export const loadUnsaved = () => import('../list/Unsaved.svelte');
export const loadActivity = () => import('../activity/Activity.svelte');
export const loadContacts = () => import('../contacts/Contacts.svelte');
export const loadMe = () => import('../me/Me.svelte');
export const loadMove = () => import('../dialogs/MoveDialog.svelte');
export const loadArchive = () => import('../dialogs/ArchiveDialog.svelte');
export const loadDestroy = () => import('../dialogs/DestroyDialog.svelte');
export const loadKeys = () => import('../dialogs/KeysDialog.svelte');
export const loadSource = () => import('../reader/SourceDialog.svelte');
export const loadHeld = () => import('../activity/HeldQuestion.svelte');
export const loadDeviceName = () => import('../dialogs/DeviceNameDialog.svelte');

const IDLE_MS = 1500;

export function warm(): () => void {
  const timer = setTimeout(() => {
    // Without a network it is asked for again when it is needed.
    for (const load of [loadReader, loadMove, loadComposer]) load().catch(() => undefined);
  }, IDLE_MS);
  return () => clearTimeout(timer);
}
