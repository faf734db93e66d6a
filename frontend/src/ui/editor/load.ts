/** The editor of formatted text, with all that it needs: fetched when it is wanted, never before. Raises where it cannot be
 *  had; then the text is shown without it. */
export async function loadRichText(): Promise<typeof import('./RichText.svelte')> {
  const [all, { realm }] = await Promise.all([import('./RichText.svelte'), import('./realm')]);
  await realm();
  return all;
}
