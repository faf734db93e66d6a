/** The smallest numbers of any stretch of a long row, in order, without looking at the rest of it.
 *
 *  A tree of minima: node n has the children 2n and 2n + 1, the row itself stands in the second half. */
export type Minima = { readonly size: number; readonly nodes: Uint32Array };

const NONE = 0xffff_ffff;

export function minimaOf(row: readonly number[]): Minima {
  let size = 1;
  while (size < row.length) size *= 2;
  const nodes = new Uint32Array(2 * size).fill(NONE);
  nodes.set(row, size);
  for (let at = size - 1; at > 0; at -= 1) {
    nodes[at] = Math.min(nodes[2 * at] ?? NONE, nodes[2 * at + 1] ?? NONE);
  }
  return { size, nodes };
}

/** The numbers at `from` up to before `to`, smallest first; each costs about log₂ of the row's length. */
export function* ascending({ size, nodes }: Minima, from: number, to: number): Generator<number> {
  const value = (node: number): number => nodes[node] ?? NONE;
  const heap: number[] = [];
  for (let low = from + size, high = to + size; low < high; low >>= 1, high >>= 1) {
    if (low & 1) push(heap, low++, value);
    if (high & 1) push(heap, --high, value);
  }
  for (let node = pop(heap, value); node !== undefined; node = pop(heap, value)) {
    if (node >= size) yield value(node);
    else for (const child of [2 * node, 2 * node + 1]) push(heap, child, value);
  }
}

type Value = (node: number) => number;

/** A binary heap: the parent of the place n is (n - 1) >> 1. */
function push(heap: number[], node: number, value: Value): void {
  let at = heap.length;
  for (let above = (at - 1) >> 1; at > 0; above = (at - 1) >> 1) {
    const parent = heap[above] ?? node;
    if (value(parent) <= value(node)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = node;
}

function pop(heap: number[], value: Value): number | undefined {
  const [top] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return last;
  let at = 0;
  for (let below = 1; below < heap.length; below = 2 * at + 1) {
    const [left, right] = [heap[below] ?? last, heap[below + 1] ?? last];
    if (below + 1 < heap.length && value(right) < value(left)) below += 1;
    const child = heap[below] ?? last;
    if (value(child) >= value(last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return top;
}
