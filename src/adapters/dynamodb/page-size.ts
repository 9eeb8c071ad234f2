/** A page ends at 1 MB anyway, and `Limit` is a 32-bit integer (API Reference, `Query`). */
export const LARGEST_PAGE = 6400;

/** How many rows to ask for after a page of `size`: few rows cost little, and many few requests. */
export function nextPageSize(size: number): number {
  return Math.min(2 * size, LARGEST_PAGE);
}
