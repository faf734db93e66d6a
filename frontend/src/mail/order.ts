/** The order of a folder: newest first by (received_at, id), everywhere the same. */
export type Placed = { received_at: number; id: string };

export function newestFirst(a: Placed, b: Placed): number {
  return b.received_at - a.received_at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Is `row` at or above `bound`? No bound means everything is. */
export function reaches(row: Placed, bound: Placed | null | undefined): boolean {
  return !bound || newestFirst(row, bound) <= 0;
}
