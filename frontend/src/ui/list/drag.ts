/** Rows dragged to a folder: the ids travel in the drag itself, so that nothing else on the page can be mistaken. */

export const DRAG_TYPE = 'application/x-praxispost-messages';

export function startDrag(event: DragEvent, ids: readonly string[], label: string): void {
  const data = event.dataTransfer;
  if (!data) return;
  data.setData(DRAG_TYPE, JSON.stringify(ids));
  data.effectAllowed = 'move';
  const ghost = document.createElement('div');
  ghost.className = 'drag-ghost';
  ghost.textContent = label;
  document.body.append(ghost);
  data.setDragImage(ghost, -8, -8);
  requestAnimationFrame(() => ghost.remove());
}

export function draggedIds(event: DragEvent): string[] {
  try {
    const ids: unknown = JSON.parse(event.dataTransfer?.getData(DRAG_TYPE) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
