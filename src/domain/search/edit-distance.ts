/**
 * How many typos lie between two words: letters put in, left out, replaced, or two neighbours swapped (optimal string
 * alignment: no letter is touched twice).
 *
 * @returns the distance, or `limit + 1` for anything beyond `limit`.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = nextRow(a, b, row, last, beforeLast);
    if (Math.min(...next) > limit) return limit + 1;
    beforeLast = last;
    last = next;
  }
  return Math.min(last[b.length] ?? limit + 1, limit + 1);
}

function nextRow(
  a: string,
  b: string,
  row: number,
  last: readonly number[],
  beforeLast: readonly number[],
): number[] {
  const next = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const same = a[row - 1] === b[column - 1];
    const replaced = (last[column - 1] ?? 0) + (same ? 0 : 1);
    const inserted = (next[column - 1] ?? 0) + 1;
    const removed = (last[column] ?? 0) + 1;
    const swapped = areSwapped(a, b, row, column)
      ? (beforeLast[column - 2] ?? 0) + 1
      : Number.POSITIVE_INFINITY;
    next.push(Math.min(replaced, inserted, removed, swapped));
  }
  return next;
}

function areSwapped(a: string, b: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}
