/** Files that come by drop or paste. Folders come as entries without bytes and are left out. */

export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false;

export function filesIn(data: DataTransfer | null): File[] {
  const items = [...(data?.items ?? [])].filter((item) => item.kind === 'file');
  const files = items.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
  return files.filter((file) => file !== null);
}

/** `webkitGetAsEntry` in every engine, and in none of them for what is pasted. */
function isFolder(item: DataTransferItem): boolean {
  return item.webkitGetAsEntry()?.isDirectory ?? false;
}
